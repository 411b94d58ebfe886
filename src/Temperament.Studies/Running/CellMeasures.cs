using Temperament.Measures.Metrics;
using Temperament.Measures.Statistics;
using Temperament.Models.Text;
using Temperament.Studies.Reports;
using Temperament.Studies.Specification;
using Temperament.Tensors.Random;

namespace Temperament.Studies.Running;

/// <summary>The measures of one cell with their intervals.</summary>
/// <param name="materials">What the study asks and scores with.</param>
/// <param name="primary">Target that the unchanged model is scored on too, so that a rise can be told.</param>
internal sealed class CellMeasures(StudyMaterials materials, TraitTarget primary)
{
    /// <summary>Resamples of every bootstrap interval.</summary>
    public const int Resamples = 2000;

    private readonly Dictionary<int, IReadOnlyList<int[]>> _draws = [];

    public EffectRow Row(CellResult cell, string id)
    {
        int n = cell.Samples.Count;
        CellSpec spec = cell.Spec;
        int asked = materials.QuestionsFor(spec.Generation).Count;
        bool[] emoji = cell.HasEmoji;
        bool aimed = spec.Method != "none";
        string[] all = [.. cell.Scores.SelectMany(s => s.Emojis)];
        IReadOnlyList<string>? own = materials.OwnEmojis(spec.Target);
        return new EffectRow
        {
            Id = id,
            Model = spec.Model,
            Method = spec.Method,
            Trait = !aimed ? null : spec.Target.Trait is { } trait ? TraitNames.Of(trait) : EffectRow.NeutralTrait,
            Pole = spec.Target.Pole switch { Pole.High => ReportPole.High, Pole.Low => ReportPole.Low, _ => ReportPole.None },
            Seed = spec.Seed,
            StopToken = ReportAssembler.ArmOf(spec.StopToken),
            Recipe = spec.RecipeName,
            Step = spec.Step,
            Generation = spec.GenerationName,
            Asked = asked,
            MissingAnswers = asked - n,
            EmojiAnswers = Share(emoji),
            EmojisPerAnswer = Mean([.. cell.Scores.Select(s => (double)s.Emojis.Count)]),
            NewEmojiAnswers = Share(cell.HasNewEmoji),
            Floods = Share(cell.IsFlood),
            ExpectedEmojiShare = Known(cell.Expected, "no answer had a step"),
            LogMass = Known(cell.MeanLog, "no answer had a step"),
            SameTextRise = cell.Readings.Count == 0 ? Estimate.Missing("not read") : Mean([.. cell.Readings.Select(r => r.TunedOnBase - r.BaseOnBase)]),
            OwnTextRise = cell.Readings.Count == 0 ? Estimate.Missing("not read") : Mean([.. cell.Readings.Select(r => r.BaseOnTuned - r.BaseOnBase)]),
            TraitAlignment = Share(cell.Aligned((aimed ? spec.Target : primary).Name)),
            TopicNamed = Share([.. cell.Scores.Select(s => s.TopicNamed)]),
            Stopped = Share([.. cell.Samples.Select(s => s.Stopped)]),
            NeutralPerplexity = Perplexity(cell.Neutral),
            MeanAnswerTokens = Mean([.. cell.Samples.Select(s => (double)s.Tokens)]),
            OwnSetShare = own is null ? Estimate.Missing("not known")
                : all.Length == 0 ? Estimate.Missing("no emoji") : Share([.. all.Select(own.Contains)]),
        };
    }

    public static Estimate Perplexity(Perplexity neutral) =>
        neutral.Value.TryGet(out double value) ? Estimate.Of(value) : Estimate.Missing(neutral.Value.Reason!);

    public static Estimate Share(IReadOnlyList<bool> outcomes)
    {
        int count = outcomes.Count(o => o);
        return Of(ProportionInterval.Wilson(count, outcomes.Count), count, outcomes.Count);
    }

    public static Estimate Of(Measured<Interval> interval, int count, int total) => interval.TryGet(out Interval found)
        ? Estimate.OfCount(count, total, found.Low, found.High) : Estimate.Missing(interval.Reason!);

    /// <summary>A mean with its percentile bootstrap interval over answers.</summary>
    public Estimate Mean(IReadOnlyList<double> values)
    {
        Measured<BootstrapDistribution> bootstrap = Bootstrap.Mean(values, Draws(values.Count));
        if (!bootstrap.TryGet(out BootstrapDistribution? distribution))
        {
            return Estimate.Missing(bootstrap.Reason!);
        }

        Interval interval = distribution.Percentile();
        return Estimate.Of(distribution.Estimate, interval.Low, interval.High);
    }

    public IReadOnlyList<int[]> Draws(int size) => _draws.TryGetValue(size, out IReadOnlyList<int[]>? rows)
        ? rows : _draws[size] = Resampling.Draw(new RandomStream(1, "report/bootstrap"), Resamples, size);

    private Estimate Known(double?[] values, string otherwise)
    {
        double[] known = [.. values.Where(s => s is not null).Select(s => s!.Value)];
        return known.Length == 0 ? Estimate.Missing(otherwise) : Mean(known);
    }
}
