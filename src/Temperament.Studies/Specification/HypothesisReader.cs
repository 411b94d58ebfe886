using Temperament.Methods;
using Temperament.Models.Documents;
using Temperament.Models.Text;

namespace Temperament.Studies.Specification;

/// <summary>Reads what a study claims before it is run, and checks that its arms can decide it.</summary>
internal static class HypothesisReader
{
    private static readonly (string Word, HypothesisMeasure Measure)[] Measures =
    [
        ("emoji-rate", HypothesisMeasure.EmojiRate), ("new-emoji-rate", HypothesisMeasure.NewEmojiRate), ("flood-rate", HypothesisMeasure.FloodRate),
        ("expected-share", HypothesisMeasure.ExpectedShare), ("log-mass", HypothesisMeasure.LogMass),
        ("same-text-log-mass", HypothesisMeasure.SameTextLogMass), ("trait-alignment", HypothesisMeasure.TraitAlignment),
        ("latent-probe", HypothesisMeasure.LatentProbe),
    ];

    /// <summary>The word of a measure in study files.</summary>
    public static string Word(HypothesisMeasure measure) => Measures.First(known => known.Measure == measure).Word;

    public static IReadOnlyList<Hypothesis> Read(
        DocumentObject study, string[] models, PrimaryArm primary, NamedRecipe[] recipes, NamedGeneration[] generations)
    {
        Hypothesis[] hypotheses = [.. study.Objects("hypotheses", "study's hypothesis", "name", "claim", "family", "measure", "first", "second", "expected")
            .Select(h => new Hypothesis(
                h.Require("name", "a short name, as in \"E-neutral\""),
                h.Require("claim", "what is claimed, in one sentence"),
                h.Word("family", "primary", "primary", "secondary") == "primary",
                Measures.First(known => known.Word == h.Word("measure", "", [.. Measures.Select(m => m.Word)])).Measure,
                ReadSide(h, "first", models, primary, recipes, generations),
                ReadSide(h, "second", models, primary, recipes, generations),
                h.Word("expected", "above", "above", "below") == "above" ? HypothesisDirection.Above : HypothesisDirection.Below))];
        return hypotheses.GroupBy(h => h.Name).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice
            ? throw study.Fault("hypotheses", $"\"{twice}\" names two hypotheses. Rename one of them.")
            : hypotheses;
    }

    /// <summary>Checks that cells of both sides are run.</summary>
    public static void Check(DocumentObject study, StudySpec spec, IReadOnlyList<PlannedCell> plan)
    {
        foreach (Hypothesis hypothesis in spec.Hypotheses)
        {
            if (hypothesis.First == hypothesis.Second)
            {
                throw study.Fault("hypotheses", $"\"{hypothesis.Name}\" compares an arm with itself.");
            }

            if (hypothesis.Measure == HypothesisMeasure.LatentProbe)
            {
                continue;
            }

            PlannedCell[] first = [.. plan.Where(hypothesis.First.Holds)], second = [.. plan.Where(hypothesis.Second.Holds)];
            if (first.Length == 0 || second.Length == 0)
            {
                throw study.Fault("hypotheses", $"no arm runs the {(first.Length == 0 ? "first" : "second")} side of \"{hypothesis.Name}\". Add such an arm.");
            }

            if (first[0].Seed is not null && second[0].Seed is not null && !first.Any(a => second.Any(b => a.Seed == b.Seed)))
            {
                throw study.Fault("hypotheses", $"the sides of \"{hypothesis.Name}\" have no seed in common, so they cannot be paired.");
            }

            if (hypothesis.Measure == HypothesisMeasure.SameTextLogMass && spec.SameTextQuestions == 0)
            {
                throw study.Fault("hypotheses", $"\"{hypothesis.Name}\" needs texts that both sides read. Set \"sameTextQuestions\".");
            }
        }
    }

    private static HypothesisSide ReadSide(
        DocumentObject hypothesis, string name, string[] models, PrimaryArm primary, NamedRecipe[] recipes, NamedGeneration[] generations)
    {
        DocumentObject side = hypothesis.Object(name, $"hypothesis's \"{name}\"", "model", "method", "target", "stopToken", "recipe", "step", "generation");
        if (!hypothesis.Has(name))
        {
            throw hypothesis.Fault(name, $"\"{name}\" is missing: the arm that stands on this side, as in {{ \"target\": \"neutral\" }}.");
        }

        string method = side.Word("method", primary.Method, [.. MethodCatalog.Names]);
        bool trains = MethodCatalog.Create(method).TrainsAdapter;
        TraitTarget target = method == "none" && !side.Has("target") ? TraitTarget.Neutral
            : TraitTarget.Parse(side.Word("target", "", [TraitNames.Neutral, .. TraitTarget.Poles.Select(t => t.Name)]));
        return new HypothesisSide(
            side.Word("model", models[0], models),
            method,
            target,
            trains ? StudyReader.Stop(side.Word("stopToken", primary.StopToken == StopTokenUse.Trained ? "trained" : "masked", "masked", "trained")) : null,
            trains ? StudyReader.Named(side.Word("recipe", StudyReader.Main, [StudyReader.Main, .. recipes.Select(r => r.Name)])) : null,
            trains && side.Has("step") ? (int)side.Integer("step", 0, 1, StudyReader.Many) : null,
            StudyReader.Named(side.Word("generation", StudyReader.Main, [StudyReader.Main, .. generations.Select(g => g.Name)])));
    }
}
