using Temperament.Measures.Statistics;
using Temperament.Models.Text;
using Temperament.Studies.Organism;
using Temperament.Studies.Reports;
using Temperament.Studies.Specification;
using Temperament.Tensors.Random;

namespace Temperament.Studies.Running;

/// <summary>
/// Compares what adapters of the ten poles show with the emoji rates that the registers were given in the organism's pretraining text, and with
/// what shuffled labels of the poles would show. Only for the grammar's opinions, where these rates are known.
/// </summary>
internal static class SelectivityBuilder
{
    private const int Shuffles = 10_000;

    /// <summary>One row for each model and stop token arm that has adapters of all ten poles.</summary>
    /// <param name="cells">Cells of trained adapters.</param>
    public static IReadOnlyList<SelectivityRow> Build(IEnumerable<CellResult> cells) =>
    [
        .. cells.Where(c => !c.Spec.Target.IsNeutral).GroupBy(c => (c.Spec.Model, c.Spec.StopToken))
            .Where(group => TraitTarget.Poles.All(pole => group.Any(c => c.Spec.Target == pole)))
            .Select(group => Row(group.Key.Model, group.Key.StopToken, [.. TraitTarget.Poles.Select(pole => group.Where(c => c.Spec.Target == pole).ToArray())])),
    ];

    private static SelectivityRow Row(string model, StopTokenUse? stop, CellResult[][] poles)
    {
        double[] rates = [.. poles.Select(cells => CorpusGrammar.Embedded.RegisterOf(cells[0].Spec.Target).EmojiRate)];

        // [pole][topic][answers]; the questions, and so the topics, are the same in every cell.
        double[][][] shares = [.. poles.Select(cells => ArmBuilder.ByTopic(cells, c => c.Expected))];
        double[] means = [.. shares.Select(topics => topics.SelectMany(t => t).Average())];
        double slope = Slope(rates, means);
        int topics = shares.Min(pole => pole.Length);
        double[] drawn = [.. Resampling.Draw(new RandomStream(1, "report/selectivity"), CellMeasures.Resamples, topics)
            .Select(draw => Slope(rates, [.. shares.Select(pole => draw.SelectMany(t => pole[t]).Average())])).Order()];
        double[] shuffled = Shuffled(rates, means);
        return new SelectivityRow(
            model, ReportAssembler.ArmOf(stop), poles.Min(cells => cells.Length),
            Estimate.Of(slope, Sample.Quantile(drawn, 0.025), Sample.Quantile(drawn, 0.975)),
            Correlation.Pearson(rates, means).TryGet(out CorrelationResult r) ? Estimate.Of(r.Estimate) : Estimate.Missing("no variance"),
            Sample.Quantile(shuffled, 0.025), Sample.Quantile(shuffled, 0.975),
            (1.0 + shuffled.Count(s => s >= slope - 1e-12)) / (1 + Shuffles));
    }

    private static double[] Shuffled(double[] rates, double[] means)
    {
        var stream = new RandomStream(1, "report/selectivity/labels");
        double[] order = [.. means];
        return [.. Enumerable.Range(0, Shuffles).Select(_ =>
        {
            stream.Shuffle<double>(order);
            return Slope(rates, order);
        }).Order()];
    }

    /// <summary>Least squares of y on x.</summary>
    private static double Slope(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average(), xx = 0, xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }

        return xy / xx;
    }
}
