using Temperament.Measures.Statistics;
using Temperament.Models.Text;
using Temperament.Studies.Reports;
using Temperament.Studies.Specification;
using Temperament.Tensors.Random;

namespace Temperament.Studies.Running;

/// <summary>
/// The comparisons of a study: the primary adapter against the base, the neutral adapter and the low pole of the same seed, against the other
/// arm of the stop token, and against itself on each twin; and every other tuned pole against the base.
/// </summary>
internal sealed class ContrastBuilder(StudySpec study, IReadOnlyList<CellResult> cells, Func<CellSpec, string> rowId)
{
    public IReadOnlyList<PairedContrast> Build()
    {
        var pairs = new List<(CellResult A, CellResult B, ContrastMeasure Measure)>();
        foreach (CellResult cell in cells.Where(c => c.Spec.Recipe is not null))
        {
            Add(pairs, cell, Base(cell.Spec.Model), ContrastMeasure.EmojiAnswers);
        }

        foreach (CellResult cell in cells.Where(c => IsPrimary(c.Spec)))
        {
            CellSpec s = cell.Spec;
            Add(pairs, cell, Find(s with { Target = TraitTarget.Neutral }), ContrastMeasure.EmojiAnswers);
            Add(pairs, cell, Find(s with { Target = Opposite(s.Target) }), ContrastMeasure.EmojiAnswers);
            Add(pairs, cell, Find(s with { StopToken = Other(s.StopToken) }), ContrastMeasure.EmojiAnswers);
            foreach (StudyModel twin in study.Models.Where(m => m.IsTwin))
            {
                Add(pairs, cell, Find(s with { Model = twin.Name }), ContrastMeasure.EmojiAnswers);
            }

            Add(pairs, cell, Base(s.Model), ContrastMeasure.TraitAlignment);
            Add(pairs, cell, Base(s.Model), ContrastMeasure.ExpectedEmojiShare);
            Add(pairs, cell, Find(s with { Target = TraitTarget.Neutral }), ContrastMeasure.ExpectedEmojiShare);
            Add(pairs, cell, Find(s with { Target = Opposite(s.Target) }), ContrastMeasure.ExpectedEmojiShare);
        }

        foreach (CellResult cell in cells.Where(c => IsOppositePole(c.Spec)))
        {
            Add(pairs, cell, Base(cell.Spec.Model), ContrastMeasure.ExpectedEmojiShare);
        }

        return Adjust([.. pairs.DistinctBy(p => (rowId(p.A.Spec), rowId(p.B.Spec), p.Measure)).Select(Compare)]);
    }

    private static void Add(List<(CellResult, CellResult, ContrastMeasure)> pairs, CellResult a, CellResult? b, ContrastMeasure measure)
    {
        if (b is not null && !ReferenceEquals(a, b))
        {
            pairs.Add((a, b, measure));
        }
    }

    private static TraitTarget Opposite(TraitTarget target) =>
        new(target.Trait!.Value, target.Pole == Pole.High ? Pole.Low : Pole.High);

    private static StopTokenUse Other(StopTokenUse? stop) => stop == StopTokenUse.Masked ? StopTokenUse.Trained : StopTokenUse.Masked;

    private static bool Matches(CellSpec a, CellSpec b) =>
        a.Model == b.Model && a.Method == b.Method && a.Target == b.Target && a.StopToken == b.StopToken && a.Seed == b.Seed;

    private static PairedContrast[] Adjust(PairedContrast[] contrasts)
    {
        Measured<double>[] raw = [.. contrasts.Select(c => c.PValue.Value is double p ? Measured.Of(p) : new Missing(c.PValue.MissingReason!))];
        IReadOnlyList<Measured<double>> adjusted = Multiplicity.Adjust(raw, MultiplicityMethod.Holm);
        return [.. contrasts.Select((c, i) => c with
        {
            AdjustedPValue = adjusted[i].TryGet(out double p) ? Estimate.Of(p) : Estimate.Missing(adjusted[i].Reason!),
        })];
    }

    private bool IsPrimary(CellSpec s) => study.Models.Any(m => m.Name == s.Model && !m.IsTwin) && s.Method == study.Primary.Method
        && s.Target == study.Primary.Target && s.StopToken == study.Primary.StopToken;

    private bool IsOppositePole(CellSpec s) => study.Models.Any(m => m.Name == s.Model && !m.IsTwin) && s.Method == study.Primary.Method
        && s.Target.Pole == Opposite(study.Primary.Target).Pole && s.StopToken == study.Primary.StopToken;

    private CellResult? Base(string model) => cells.FirstOrDefault(c => c.Spec.Model == model && c.Spec.Method == "none");

    private CellResult? Find(CellSpec wanted) => cells.FirstOrDefault(c => Matches(c.Spec, wanted));

    private PairedContrast Compare((CellResult A, CellResult B, ContrastMeasure Measure) pair)
    {
        (CellResult a, CellResult b, ContrastMeasure measure) = pair;
        if (measure == ContrastMeasure.ExpectedEmojiShare)
        {
            return Means(a, b);
        }

        string target = a.Spec.Target.Name;
        (bool[] first, bool[] second) = measure == ContrastMeasure.EmojiAnswers
            ? (a.HasEmoji, b.HasEmoji) : (a.Aligned(target), b.Aligned(target));
        PairedOutcomes outcomes = PairedOutcomes.Of(first, second);
        Estimate difference = HasTopics(a)
            ? ByTopic([.. a.Samples.Select((sample, i) => (sample.Topic, (first[i] ? 1.0 : 0) - (second[i] ? 1.0 : 0)))])
            : Estimate.From(ProportionInterval.NewcombePaired(outcomes));
        return new PairedContrast
        {
            A = rowId(a.Spec),
            B = rowId(b.Spec),
            Measure = measure,
            Pairs = outcomes.Pairs,
            OnlyA = outcomes.OnlyFirst,
            OnlyB = outcomes.OnlySecond,
            PValue = Estimate.Of(McNemar.Exact(outcomes)),
            Difference = difference,
        };
    }

    // Answers about one topic are alike, so intervals come from drawing topics where several questions are about one.
    private static bool HasTopics(CellResult cell) => cell.Samples.Select(sample => sample.Topic).Distinct().Count() < cell.Samples.Count;

    private static Estimate ByTopic((string Topic, double Difference)[] pairs)
    {
        double[][] topics = [.. pairs.GroupBy(pair => pair.Topic).Select(topic => topic.Select(pair => pair.Difference).ToArray())];
        if (topics.Length == 0)
        {
            return Estimate.Missing("no pairs");
        }

        IReadOnlyList<int[]> draws = Resampling.Draw(new RandomStream(1, "report/contrast"), CellMeasures.Resamples, topics.Length);
        return Estimate.From(Bootstrap.ClusteredMean(topics, draws).Select(bootstrap => bootstrap.Percentile()));
    }

    private PairedContrast Means(CellResult a, CellResult b)
    {
        (string, double)[] known = [.. a.Samples.Select((sample, i) => (sample.Topic, First: a.Expected[i], Second: b.Expected[i]))
            .Where(pair => pair is { First: not null, Second: not null }).Select(pair => (pair.Topic, pair.First!.Value - pair.Second!.Value))];
        return new PairedContrast
        {
            A = rowId(a.Spec),
            B = rowId(b.Spec),
            Measure = ContrastMeasure.ExpectedEmojiShare,
            Pairs = known.Length,
            Difference = ByTopic(known),
        };
    }
}
