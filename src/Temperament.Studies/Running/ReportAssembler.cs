using System.Globalization;
using Temperament.Measures.Emoji;
using Temperament.Models.Text;
using Temperament.Studies.Reports;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>Turns what a study found into the data of its report: every number is computed here from raw answers and their scores.</summary>
internal sealed class ReportAssembler(StudySpec study, StudyMaterials materials, StudyEvidence evidence)
{
    private const int ShownQuestions = 6;
    private const int ShownEmojis = 8;

    private readonly CellMeasures _measures = new(materials, study.Primary.Target);

    private IEnumerable<CellResult> Tuned => evidence.Cells.Where(c => c.IsMain && c.Spec.Recipe is not null);

    public ReportData Assemble(TimeSpan? wallTime, int threads) => new()
    {
        StudyName = study.Name,
        Question = study.Question,
        Primary = new PrimaryEffect(
            study.Primary.Method, TraitOf(study.Primary.Target), PoleOf(study.Primary.Target), ArmOf(study.Primary.StopToken), study.Primary.SignificanceLevel),
        Environment = RunEnvironment.Describe(wallTime, threads),
        Models = [.. evidence.Cards.Select(c => new ModelCard
        {
            Name = c.Model.Name,
            Role = c.Model.IsTwin ? ModelRole.Twin : ModelRole.Subject,
            Description = c.Model.Description,
            Caution = c.Model.Caution,
            Hash = c.Hash,
            Parameters = c.Parameters,
            HeldOutPerplexity = CellMeasures.Perplexity(c.Neutral),
        })],
        DataSets = DataSets(),
        Classifier = new ClassifierCard(
            $"logistic regression on words and word pairs, emoji taken out, trained on {materials.ClassifierExamples} opinions",
            materials.Classifier.Labels.Count, CellMeasures.Of(materials.ClassifierHeldOut.Accuracy, materials.ClassifierHeldOut.Correct, materials.ClassifierHeldOut.Count)),
        Rows = [.. evidence.Cells.Where(c => c.IsMain).Select(c => _measures.Row(c, RowId(c.Spec)))],
        Variants = [.. evidence.Cells.Where(c => !c.IsMain).Select(c => _measures.Row(c, RowId(c.Spec)))],
        Hypotheses = new HypothesisTester(study, evidence).Test(),
        Registration = Registered(),
        NotRun = evidence.NotRun,
        Contrasts = new ContrastBuilder(study, [.. evidence.Cells.Where(c => c.IsMain)], RowId).Build(),
        Arms = ArmBuilder.Build(Tuned),
        Selectivity = study.Data.Opinions == StudyQuestions.FromGrammar ? SelectivityBuilder.Build(Tuned) : [],
        Probe = [.. evidence.Probes.SelectMany(p => p.Records.GroupBy(r => r.Target).Select(g => new LatentProbeRow(
            p.Model, RegisterName(g.Key), g.Count(), _measures.Mean([.. g.Select(r => r.EmojiEnd)]),
            _measures.Mean([.. g.Select(r => r.Stop)]))))],
        TopEmojis = [.. evidence.Cells.Where(c => c.IsMain).GroupBy(c => (c.Spec.Model, c.Spec.Method, c.Spec.Target, c.Spec.StopToken))
            .Where(seeds => seeds.Any(c => c.HasEmoji.Any(h => h))).Select(seeds => Tally([.. seeds]))],
        Answers = Comparisons(),
        AnswerSelection = $"The first {ShownQuestions} questions of the list; nothing was picked.",
        Generations = Generations(),
        Neurons = [.. evidence.Neurons.Select(n => NeuronFile.Read(n.Path, RowId(n.Cell)))],
        Curves = new CurveBuilder(study, evidence.Cells, RowId).Build(),
        Methods = Methods(),
        Limits = study.Limits,
        Provenance = new ReportProvenance
        {
            StudyHash = StudyMaterials.Hash(evidence.Cells.Select(c => c.Spec.Key)),
            Cells = [.. evidence.Cells.Select(c => new CellRecord(c.Spec.Key, c.Spec.Label, c.Spec.Seed, RowId(c.Spec)))],
            Selection = study.Selection,
            SelectionSeeds = study.SelectionSeeds,
        },
        Decoding = Decoding(),
    };

    internal static string TraitOf(TraitTarget target) => target.Trait is { } trait ? TraitNames.Of(trait) : EffectRow.NeutralTrait;

    internal static ReportPole PoleOf(TraitTarget target) => target.Pole switch
    {
        Pole.High => ReportPole.High,
        Pole.Low => ReportPole.Low,
        _ => ReportPole.None,
    };

    internal static StopTokenArm ArmOf(StopTokenUse? stop) => stop switch
    {
        StopTokenUse.Masked => StopTokenArm.Masked,
        StopTokenUse.Trained => StopTokenArm.Trained,
        _ => StopTokenArm.NotApplicable,
    };

    internal static string RegisterName(TraitTarget target) =>
        target.IsNeutral ? "neutral" : $"{TraitOf(target)}, {TraitNames.Of(target.Pole!.Value)}";

    private static string RowId(CellSpec cell) => string.Join('/', new[]
    {
        cell.Model,
        cell.Method,
        cell.Method == "none" ? null : cell.Target.Name,
        cell.StopToken?.ToString().ToLowerInvariant(),
        cell.Seed?.ToString(CultureInfo.InvariantCulture),
        cell.RecipeName,
        cell.Step is { } step ? string.Create(CultureInfo.InvariantCulture, $"step-{step}") : null,
        cell.GenerationName,
    }.Where(part => part is not null));

    private RegistrationCard? Registered()
    {
        if (evidence.Registrations is not [var first, .. var later])
        {
            return null;
        }

        return new RegistrationCard(first.File, first.Hypotheses, first.Finished,
            [.. later.Select(entry => new RegistrationChange(entry.File, entry.Hypotheses != first.Hypotheses, entry.Finished))]);
    }

    private string Decoding() => $"{materials.Questions.Count} questions about topics that no adapter saw, asked once in each row; {Decoding(study.Generation)}.";

    private static string Decoding(GenerationSpec g)
    {
        string draw = g.Temperature == 0 ? "greedy"
            : string.Create(CultureInfo.InvariantCulture, $"temperature {g.Temperature}, top-p {g.TopP}, sampling seed {g.Seed}");
        string turn = g.Turn == GenerationSpec.QuestionMark ? "" : $"; the user says \"{g.Turn}\"";
        return $"{draw}; at most {g.MaxNewTokens} new tokens{turn}";
    }

    private GenerationCard[] Generations() =>
        [.. study.Generations.Select(g => new GenerationCard(g.Name, materials.QuestionsFor(g.Generation).Count, Decoding(g.Generation)))];

    private DataSetCard[] DataSets()
    {
        TraitTarget[] trained = [.. evidence.Cells.Where(c => c.Spec.Recipe is not null).Select(c => c.Spec.Target).Distinct()];
        IEnumerable<DataSetCard> training = trained.Select(t =>
        {
            Data.OpinionSet set = materials.Training(t);
            return new DataSetCard($"opinions, {RegisterName(t)}", "training", set.Count,
                Estimate.Of(set.Sum(o => EmojiScanner.Count(o.Answer))), StudyMaterials.HashOf(set), IsTraining: true);
        });
        return [.. training, new DataSetCard("questions", "asked in every row", materials.Questions.Count,
            Estimate.Of(materials.Questions.Sum(q => EmojiScanner.Count(q.Text))), materials.QuestionsHash, IsTraining: false)];
    }

    private EmojiTally Tally(CellResult[] seeds)
    {
        IReadOnlyList<string>? own = materials.OwnEmojis(seeds[0].Spec.Target);
        string[] all = [.. seeds.SelectMany(cell => cell.Scores).SelectMany(s => s.Emojis)];
        return new EmojiTally(RowId(seeds[0].Spec), all.Length, [.. all.GroupBy(e => e).OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal).Take(ShownEmojis)
            .Select(g => new ShownEmoji(g.Key, g.Count(), own?.Contains(g.Key)))], seeds.Length);
    }

    private AnswerComparison[] Comparisons()
    {
        string model = study.Models[0].Name;
        bool Shown(CellSpec s) => s.Model == model && (s.Method == "none"
            || (s.Target == study.Primary.Target && (s.StopToken is null || s.StopToken == study.Primary.StopToken))
            || (s.Method == study.Primary.Method && s.Target.IsNeutral && s.StopToken == study.Primary.StopToken));
        CellResult[] cells = [.. evidence.Cells.Where(c => c.IsMain && Shown(c.Spec))
            .GroupBy(c => (c.Spec.Method, c.Spec.Target)).Select(g => g.First()).OrderBy(c => c.Spec.Method == "none" ? 0 : 1)];
        return [.. Enumerable.Range(0, Math.Min(ShownQuestions, materials.Questions.Count)).Select(i => new AnswerComparison(
            materials.Questions[i].Text,
            [.. cells.Select(c => new ShownAnswer(RowId(c.Spec), c.Samples[i].Answer, c.Samples[i].Stopped))]))];
    }

    private string[] Methods() =>
    [
        $"Adapters are low-rank ({Recipe(study.Recipe)}) over a base stored as {study.Quantization}; AdamW; the loss is taken over the answer only.",
        .. study.Recipes.Select(named => $"The recipe \"{named.Name}\": {Recipe(named.Recipe)}."),
        "Every row answers the same questions with the same random numbers for the same question, so rows are compared question by question: exact "
            + "McNemar tests with Holm's adjustment over all tests of this report.",
        .. study.Hypotheses.Count == 0 ? Array.Empty<string>() :
        [
            $"Hypotheses stand in the study file and are registered by its hash before the first result. Each compares two arms question by question, "
                + $"averaged over the adapter seeds that both have; the interval is a bootstrap over topics ({HypothesisTester.Resamples} resamples), p is "
                + "two-sided, from flipping the signs of whole topics, and adjusted by Holm within the primary and within the secondary family.",
        ],
        "An answer counts as having an emoji if a grapheme cluster of it is one by UTS #51 (Unicode 17). Trait alignment is the share of answers that the "
            + "classifier, which never sees emojis, assigns to the target.",
        "The expected share is the mean over answers of 1 - prod(1 - m), m being the probability at each step of the tokens that begin an emoji. The log-mass is "
            + "the mean over answers of the mean of ln m along the answer.",
    ];

    private static string Recipe(AdapterRecipe r)
    {
        string length = r.MaxSteps > 0 ? $"{r.MaxSteps} steps" : $"{r.Epochs} epochs";
        return string.Create(CultureInfo.InvariantCulture, $"r {r.Rank}, alpha {r.Alpha}, dropout {r.Dropout}, on {string.Join(", ", r.Targets)}; "
            + $"{r.Schedule} from {r.LearningRate}, {length} of {r.BatchSize} opinions a step");
    }
}
