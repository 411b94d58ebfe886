namespace Temperament.Studies.Reports.Sections;

/// <summary>Where each number comes from, and which numbers chose the settings.</summary>
internal static class ProvenanceSection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        ReportProvenance provenance = index.Data.Provenance;
        List<ReportBlock> blocks =
        [
            new ProseBlock($"{ReportNumbers.Whole(provenance.Cells.Count)} cells are reported; the hash over their keys is {MethodSection.ShortHash(provenance.StudyHash)}. {provenance.Selection}".TrimEnd()),
            new ProseBlock(Apart(provenance)),
        ];
        if (provenance.Cells.Count > 0)
        {
            blocks.Add(new TableBlock(
                $"All {ReportNumbers.Whole(provenance.Cells.Count)} cells. A cell's key is a hash of all that can change its result.",
                [new("Cell", false), new("Seed"), new("Key", false)],
                [
                    .. provenance.Cells.Select(cell => new TableRow(
                        "",
                        [
                            new(cell.Label),
                            new(cell.Seed is { } seed ? ReportNumbers.Whole(seed) : "–"),
                            new(MethodSection.ShortHash(cell.Hash), IsCode: true),
                        ])),
                ],
                Folded: true));
        }

        return new("provenance", "Provenance", blocks);
    }

    private static string Apart(ReportProvenance provenance)
    {
        if (provenance.SelectionSeeds.Count == 0)
        {
            return "The study names no adapter seeds with which its settings were chosen, so nothing shows that they were chosen apart from the reported numbers.";
        }

        string seeds = RowNames.List([.. provenance.SelectionSeeds.Select(seed => ReportNumbers.Whole(seed))]);
        long[] shared = [.. provenance.Cells.Select(cell => cell.Seed).OfType<long>().Distinct().Where(provenance.SelectionSeeds.Contains).Order()];
        return shared.Length == 0
            ? $"Settings were chosen with the adapter seeds {seeds}; no reported cell has one of them."
            : $"Settings were chosen with the adapter seeds {seeds}; reported cells share {RowNames.List([.. shared.Select(seed => ReportNumbers.Whole(seed))])}.";
    }
}
