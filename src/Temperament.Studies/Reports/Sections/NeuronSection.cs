using Temperament.Studies.Reports.Charts;

namespace Temperament.Studies.Reports.Sections;

/// <summary>The neurons behind the emojis, and what silencing them does.</summary>
internal static class NeuronSection
{
    private const int Listed = 10;

    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        List<ReportBlock> blocks = [];
        foreach (NeuronStudy study in index.Data.Neurons)
        {
            AddStudy(index, study, blocks);
        }

        return new("neurons", "The neurons behind the emojis", blocks);
    }

    private static void AddStudy(ReportIndex index, NeuronStudy study, List<ReportBlock> blocks)
    {
        string name = index.Name(index.Row(study.Row));
        if (study.ScoreDefinition.Length > 0)
        {
            blocks.Add(new ProseBlock($"{name}: {study.ScoreDefinition}"));
        }

        if (study.Neurons.Count > 0)
        {
            blocks.Add(new FigureBlock(
                $"{name}: the first {study.Neurons.Count} of {ReportNumbers.Whole(study.TotalNeurons)} MLP neurons. "
                + "To the right: more active with the adapter; upwards: writes more towards emojis. The area of a circle is the score; names are block/neuron.",
                [new NeuronChart { Title = "Neurons of " + name, Description = Describe(study), Neurons = study.Neurons }],
                []));
        }

        foreach (IGrouping<string, AblationRow> ranking in study.Ablations.GroupBy(row => row.Ranking))
        {
            AblationRow[] rows = [.. ranking.OrderBy(row => row.K)];
            blocks.Add(new FigureBlock(
                $"{name}: answers with an emoji after silencing the first k neurons (ranked by {ranking.Key}), against k random neurons of the same blocks.",
                [AblationChart(study, ranking.Key, rows)],
                []));
            blocks.Add(AblationTable(name, ranking.Key, rows));
        }

        if (study.Neurons.Count > 0)
        {
            blocks.Add(NeuronTable(name, study));
        }
    }

    private static string Describe(NeuronStudy study) => "First neurons: " + string.Join("; ", study.Neurons.Take(5).Select(neuron =>
        $"{NeuronChart.Name(neuron)} changes by {ReportNumbers.Decimal(neuron.On - neuron.Off, 2)} and writes {ReportNumbers.Decimal(neuron.LensWrite, 2)}")) + ".";

    private static LineChart AblationChart(NeuronStudy study, string ranking, AblationRow[] rows)
    {
        List<LinePoint> points = [new(0, study.EmojiBefore), .. rows.Select((row, place) => new LinePoint(place + 1, row.Emoji))];
        return new()
        {
            Title = $"Answers with an emoji after silencing neurons, ranked by {ranking}",
            Description = $"none silenced: {ReportNumbers.Share(study.EmojiBefore)}; "
                + string.Join("; ", rows.Select(row => $"{row.K}: {ReportNumbers.Share(row.Emoji)}, random {RandomRange(row)}")) + ".",
            Lines = [new("First k of the ranking", points)],
            HorizontalAxis = "Neurons silenced (k)",
            VerticalAxis = "Answers with an emoji",
            Shares = true,
            Places = ["0", .. rows.Select(row => ReportNumbers.Whole(row.K))],
            Span = [.. rows.Select((row, place) => new { row, place }).Where(item => item.row.RandomRates.Count > 0)
                .Select(item => new SpanPoint(item.place + 1, item.row.RandomRates.Min(), item.row.RandomRates.Max()))],
            SpanName = "k random neurons (range)",
        };
    }

    private static string RandomRange(AblationRow row) => row.RandomRates.Count == 0
        ? "missing (not run)"
        : $"{ReportNumbers.Percent(row.RandomRates.Min())}% to {ReportNumbers.Percent(row.RandomRates.Max())}%";

    private static TableBlock AblationTable(string name, string ranking, AblationRow[] rows) => new(
        $"{name}: silencing the first k neurons (ranked by {ranking}) and k random ones.",
        [new("k", false), new("Emoji answers"), new("Share"), new("Random, mean"), new("Random, range"), new("Draws"), new("Trait alignment")],
        [
            .. rows.Select(row => new TableRow(
                "",
                [
                    new(ReportNumbers.Whole(row.K)),
                    new(ReportNumbers.Count(row.Emoji)),
                    TableCell.Share(row.Emoji),
                    row.RandomRates.Count == 0 ? new("missing", "(not run)") : new(ReportNumbers.Percent(row.RandomRates.Average()) + "%"),
                    row.RandomRates.Count == 0 ? new("missing", "(not run)") : new(RandomRange(row)),
                    new(ReportNumbers.Whole(row.RandomRates.Count)),
                    TableCell.Share(row.TraitAlignment),
                ])),
        ]);

    private static TableBlock NeuronTable(string name, NeuronStudy study) => new(
        $"{name}: the first {Math.Min(Listed, study.Neurons.Count)} neurons, block/neuron, adapter off and on.",
        [new("Neuron", false), new("Activation off"), new("Activation on"), new("Write towards emojis"), new("Score")],
        [
            .. study.Neurons.Take(Listed).Select(neuron => new TableRow(
                "",
                [
                    new(NeuronChart.Name(neuron)),
                    new(ReportNumbers.Decimal(neuron.Off, 3)),
                    new(ReportNumbers.Decimal(neuron.On, 3)),
                    new(ReportNumbers.Decimal(neuron.LensWrite, 3)),
                    new(ReportNumbers.Decimal(neuron.Score, 3)),
                ])),
        ]);
}
