namespace Temperament.Studies.Reports.Sections;

/// <summary>Where each number comes from, and which numbers chose the settings.</summary>
internal static class ProvenanceSection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        ReportProvenance provenance = index.Data.Provenance;
        int reported = provenance.Cells.Count(cell => cell.Split == CellSplit.Reported);
        int validation = provenance.Cells.Count - reported;
        List<ReportBlock> blocks =
        [
            new ProseBlock($"Study file {MethodSection.ShortHash(provenance.StudyHash)}; {ReportNumbers.Whole(reported)} cells are reported and "
                + $"{ReportNumbers.Whole(validation)} served to choose settings. {provenance.Selection}".TrimEnd()),
            new ProseBlock(Overlap(provenance.Cells)),
        ];
        if (provenance.Cells.Count > 0)
        {
            blocks.Add(new TableBlock(
                $"All {ReportNumbers.Whole(provenance.Cells.Count)} cells. A cell's key is a hash of all that can change its result.",
                [new("Cell", false), new("Split", false), new("Seed"), new("Key", false)],
                [
                    .. provenance.Cells.Select(cell => new TableRow(
                        "",
                        [
                            new(cell.Label),
                            new(cell.Split == CellSplit.Reported ? "reported" : "validation"),
                            new(cell.Seed is { } seed ? ReportNumbers.Whole(seed) : "–"),
                            new(MethodSection.ShortHash(cell.Hash), IsCode: true),
                        ])),
                ],
                Folded: true));
        }

        return new("provenance", "Provenance", blocks);
    }

    private static string Overlap(IReadOnlyList<CellRecord> cells)
    {
        HashSet<long> chosen = [.. cells.Where(cell => cell.Split == CellSplit.Validation).Select(cell => cell.Seed).OfType<long>()];
        if (chosen.Count == 0)
        {
            return "No cell is marked as validation, so nothing shows that settings were chosen apart from the reported numbers.";
        }

        long[] shared = [.. cells.Where(cell => cell.Split == CellSplit.Reported).Select(cell => cell.Seed).OfType<long>().Distinct().Where(chosen.Contains).Order()];
        return shared.Length == 0
            ? "No seed of a validation cell is the seed of a reported cell."
            : $"Validation and reported cells share the seeds {RowNames.List([.. shared.Select(seed => ReportNumbers.Whole(seed))])}.";
    }
}
