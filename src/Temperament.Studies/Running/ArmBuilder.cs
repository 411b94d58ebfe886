using Temperament.Measures.Statistics;
using Temperament.Models.Text;
using Temperament.Studies.Reports;
using Temperament.Tensors.Random;

namespace Temperament.Studies.Running;

/// <summary>Takes the adapter seeds of each model, target and stop token arm together. Answers about one topic are alike, so intervals come from drawing topics.</summary>
internal static class ArmBuilder
{
    /// <summary>The arms, in the order of the study.</summary>
    /// <param name="cells">Cells of trained adapters.</param>
    public static IReadOnlyList<ArmRow> Build(IEnumerable<CellResult> cells) =>
        [.. cells.GroupBy(c => (c.Spec.Model, c.Spec.Target, c.Spec.StopToken)).Select(group => Row([.. group]))];

    /// <summary>The values of some answers by topic.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="values">The values of a cell's answers, in their order; null where there is none.</param>
    public static double[][] ByTopic(IEnumerable<CellResult> cells, Func<CellResult, IReadOnlyList<double?>> values) =>
    [
        .. cells.SelectMany(cell => cell.Samples.Zip(values(cell), (sample, value) => (sample.Topic, Value: value)))
            .Where(pair => pair.Value is not null).GroupBy(pair => pair.Topic).OrderBy(topic => topic.Key, StringComparer.Ordinal)
            .Select(topic => topic.Select(pair => pair.Value!.Value).ToArray()),
    ];

    private static ArmRow Row(CellResult[] cells)
    {
        Specification.CellSpec spec = cells[0].Spec;
        return new ArmRow(
            spec.Model, ReportAssembler.TraitOf(spec.Target), ReportAssembler.PoleOf(spec.Target), ReportAssembler.ArmOf(spec.StopToken), cells.Length,
            cells[0].Samples.Select(s => s.Topic).Distinct().Count(),
            Rate(cells, c => c.HasEmoji), Mean(ByTopic(cells, c => c.Expected)),
            spec.Target.IsNeutral ? Rate(cells, c => c.Aligned(TraitTarget.Neutral.Name)) : Rate(cells, c => c.Aligned(spec.Target.Name)),
            Rate(cells, c => [.. c.Scores.Select(s => s.TopicNamed)]));
    }

    private static Estimate Rate(CellResult[] cells, Func<CellResult, bool[]> outcomes)
    {
        bool[] all = [.. cells.SelectMany(outcomes)];
        int count = all.Count(o => o);
        Estimate mean = Mean(ByTopic(cells, c => [.. outcomes(c).Select(o => (double?)(o ? 1 : 0))]));
        if (count == 0 || count == all.Length)
        {
            Estimate alone = CellMeasures.Share(outcomes(cells[0]));
            return Estimate.OfCount(count, all.Length, alone.Low, alone.High);
        }

        return Estimate.OfCount(count, all.Length, mean.Low, mean.High);
    }

    private static Estimate Mean(double[][] topics)
    {
        if (topics.Length == 0)
        {
            return Estimate.Missing("no answers");
        }

        IReadOnlyList<int[]> draws = Resampling.Draw(new RandomStream(1, "report/arms"), CellMeasures.Resamples, topics.Length);
        if (!Bootstrap.ClusteredMean(topics, draws).TryGet(out BootstrapDistribution? distribution))
        {
            return Estimate.Missing("no bootstrap");
        }

        Interval interval = distribution.Percentile();
        return Estimate.Of(distribution.Estimate, interval.Low, interval.High);
    }
}
