using Temperament.Studies.Reports.Charts;

namespace Temperament.Studies.Reports.Sections;

/// <summary>What the untuned models would do after text of each register.</summary>
internal static class ProbeSection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        IReadOnlyList<LatentProbeRow> probe = index.Data.Probe;
        if (probe.Count == 0)
        {
            return new("probe", "Before any tuning", []);
        }

        List<string> models = [.. probe.Select(row => row.Model).Distinct()];
        List<string> registers = [.. probe.Select(row => row.Register).Distinct()];
        DotChart chart = new()
        {
            Title = "Probability of an emoji after text of each register, before any tuning",
            Description = string.Join("; ", probe.Select(row => $"{row.Model}, {row.Register}: {ReportNumbers.Share(row.Emoji)}")) + ".",
            Series = models,
            Rows =
            [
                .. registers.Select(register => new DotRow(
                    RowNames.Capitalize(register),
                    "",
                    [.. probe.Where(row => row.Register == register).Select(row => new Dot(models.IndexOf(row.Model), row.Emoji))])),
            ],
            Axis = "Mean probability that the next token begins an emoji",
        };
        return new(
            "probe",
            "Before any tuning",
            [
                new ProseBlock("Held-out text of each register is placed as the answer in the chat format, and the untuned model is asked what comes next. "
                    + "Whatever differs here was there before any adapter."),
                new FigureBlock("Probability of an emoji after text of each register, untuned.", [chart], []),
                new TableBlock(
                    "The same as a table, with the probability that the answer ends there.",
                    [new("Register", false), new("Texts"), new("Emoji next"), new("Answer ends")],
                    [
                        .. probe.Select(row => new TableRow(
                            models.Count > 1 ? row.Model : "",
                            [new(RowNames.Capitalize(row.Register)), new(ReportNumbers.Whole(row.Texts)), TableCell.Share(row.Emoji), TableCell.Share(row.Stop)])),
                    ]),
            ]);
    }
}
