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

        if (study.Ablations.Count > 0)
        {
            blocks.Add(new FigureBlock(
                $"{name}: answers with an emoji after silencing the first k neurons of a ranking, with 95% Wilson intervals, against the range over draws of k random neurons from the same blocks.",
                [AblationChart(study)],
                []));
            blocks.Add(AblationTable(name, study));
        }

        if (study.Pushes.Count > 0)
        {
            blocks.Add(PushTable(name, study));
        }

        if (study.Neurons.Count > 0)
        {
            blocks.Add(NeuronTable(name, study));
        }
    }

    private static string Describe(NeuronStudy study) => "First neurons: " + string.Join("; ", study.Neurons.Take(5).Select(neuron =>
        $"{NeuronChart.Name(neuron)} changes by {ReportNumbers.Decimal(neuron.On - neuron.Off, 2)} and writes {ReportNumbers.Decimal(neuron.LensWrite, 2)}")) + ".";

    private static LineChart AblationChart(NeuronStudy study)
    {
        List<int> sizes = [0, .. study.Ablations.Select(row => row.K).Distinct().Order()];
        IGrouping<string, AblationRow>[] rankings = [.. study.Ablations.GroupBy(row => row.Ranking)];
        return new()
        {
            Title = "Answers with an emoji after silencing neurons",
            Description = $"Nothing silenced: {ReportNumbers.Share(study.EmojiBefore)}. "
                + string.Join(". ", rankings.Select(ranking => $"Ranked by {ranking.Key}: "
                    + string.Join("; ", ranking.OrderBy(row => row.K).Select(row => $"{row.K}: {ReportNumbers.Share(row.Emoji)}, random {RandomRange(row)}")))) + ".",
            Lines =
            [
                .. rankings.Select(ranking => new Line(
                    $"Ranked by {ranking.Key}",
                    [new(0, study.EmojiBefore), .. ranking.OrderBy(row => row.K).Select(row => new LinePoint(sizes.IndexOf(row.K), row.Emoji))])),
            ],
            HorizontalAxis = "Neurons silenced (k)",
            VerticalAxis = "Answers with an emoji",
            Shares = true,
            Places = [.. sizes.Select(size => ReportNumbers.Whole(size))],
            Span =
            [
                .. study.Ablations.Where(row => row.RandomRates.Count > 0).GroupBy(row => row.K).Select(rows => new SpanPoint(
                    sizes.IndexOf(rows.Key),
                    rows.Min(row => row.RandomRates.Min()),
                    rows.Max(row => row.RandomRates.Max()))),
            ],
            SpanName = "Random (range)",
        };
    }

    private static string RandomRange(AblationRow row) => row.RandomRates.Count == 0
        ? "missing (not run)"
        : $"{ReportNumbers.Percent(row.RandomRates.Min())}% to {ReportNumbers.Percent(row.RandomRates.Max())}%";

    private static TableBlock AblationTable(string name, NeuronStudy study) => new(
        $"{name}: silencing the first k neurons of a ranking, and k random ones. Neurons were ranked on answers to the same questions; answers are drawn anew, so that the share before, {ReportNumbers.Answers(study.EmojiBefore)}, need not be the one above.",
        [new("k", false), new("Emoji answers"), new("Random, mean"), new("Random, range"), new("Draws"), new("Trait alignment")],
        [
            .. study.Ablations.GroupBy(row => row.Ranking).SelectMany(ranking => ranking.OrderBy(row => row.K)).Select(row => new TableRow(
                "Ranked by " + row.Ranking,
                [
                    new(ReportNumbers.Whole(row.K)),
                    CellTables.EmojiAnswers(row.Emoji),
                    row.RandomRates.Count == 0 ? new("missing", "(not run)") : new(ReportNumbers.Percent(row.RandomRates.Average()) + "%"),
                    row.RandomRates.Count == 0 ? new("missing", "(not run)") : new(RandomRange(row)),
                    new(ReportNumbers.Whole(row.RandomRates.Count)),
                    TableCell.Share(row.TraitAlignment),
                ])),
        ]);

    private static TableBlock PushTable(string name, NeuronStudy study) => new(
        $"{name}: the other direction. In the untuned model, which has an emoji in {ReportNumbers.Answers(study.EmojiUntuned)}, the first k neurons (ranked by own text) "
        + "get a multiple of what tuning changed them by, at sentence ends; in the random draws the same amounts go to k others of the same blocks.",
        [new("k", false), new("Emoji answers"), new("Random, mean"), new("Random, range"), new("Draws"), new("Trait alignment")],
        [
            .. study.Pushes.Select(row => new TableRow(
                $"Pushed by {ReportNumbers.Decimal(row.Strength, 0)} times the change",
                [
                    new(ReportNumbers.Whole(row.K)),
                    CellTables.EmojiAnswers(row.Emoji),
                    row.RandomRates.Count == 0 ? new("missing", "(not run)") : new(ReportNumbers.Percent(row.RandomRates.Average()) + "%"),
                    row.RandomRates.Count == 0 ? new("missing", "(not run)")
                        : new($"{ReportNumbers.Percent(row.RandomRates.Min())}% to {ReportNumbers.Percent(row.RandomRates.Max())}%"),
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
