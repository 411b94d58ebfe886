using Temperament.Studies.Reports.Charts;

namespace Temperament.Studies.Reports.Sections;

/// <summary>The course of training: emoji answers and loss by step.</summary>
internal static class TrainingSection
{
    private const int MostLines = 4;

    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        List<ReportBlock> blocks = [];
        foreach (TrainingCurve[] curves in index.Data.Curves.Where(curve => curve.Emoji.Count > 0).Chunk(MostLines))
        {
            blocks.Add(Shares(index, curves, "Answers with an emoji", curve => curve.Emoji));
            if (curves.All(curve => curve.Alignment.Count > 0))
            {
                blocks.Add(Shares(index, curves, "Answers that the classifier gives the target", curve => curve.Alignment));
            }
        }

        foreach (TrainingCurve[] curves in index.Data.Curves.Where(curve => curve.Loss.Count > 0).Chunk(MostLines))
        {
            blocks.Add(new FigureBlock(
                "Training loss.",
                [new LineChart
                {
                    Title = "Loss by training step",
                    Description = string.Join("; ", curves.Select(curve => $"{index.Name(index.Row(curve.Row))}: from "
                        + $"{ReportNumbers.Decimal(curve.Loss[0].Loss, 2)} at step {curve.Loss[0].Step} to {ReportNumbers.Decimal(curve.Loss[^1].Loss, 2)} at step {curve.Loss[^1].Step}")) + ".",
                    Lines = [.. curves.Select(curve => new Line(
                        index.Name(index.Row(curve.Row)),
                        [.. curve.Loss.Select(point => new LinePoint(point.Step, Estimate.Of(point.Loss)))],
                        Marks: false))],
                    HorizontalAxis = "Training step",
                    VerticalAxis = "Loss, nats per answer token",
                }],
                []));
        }

        return new("training", "The course of training", blocks);
    }

    private static FigureBlock Shares(ReportIndex index, TrainingCurve[] curves, string what, Func<TrainingCurve, IReadOnlyList<EmojiPoint>> points) => new(
        $"{what} while the adapter is trained, with 95% Wilson intervals.",
        [new LineChart
        {
            Title = $"{what} by training step",
            Description = string.Join("; ", curves.Select(curve => $"{index.Name(index.Row(curve.Row))}: "
                + string.Join(", ", points(curve).Select(point => $"step {point.Step} {ReportNumbers.Share(point.Emoji)}")))) + ".",
            Lines = [.. curves.Select(curve => new Line(
                index.Name(index.Row(curve.Row)),
                [.. points(curve).Select(point => new LinePoint(point.Step, point.Emoji))]))],
            HorizontalAxis = "Training step",
            VerticalAxis = what,
            Shares = true,
        }],
        []);
}
