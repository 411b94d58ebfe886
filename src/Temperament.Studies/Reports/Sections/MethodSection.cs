namespace Temperament.Studies.Reports.Sections;

/// <summary>How the study was done: models, data, classifier, statistics.</summary>
internal static class MethodSection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        ReportData data = index.Data;
        List<ReportBlock> blocks = [.. data.Methods.Select(text => new ProseBlock(text))];
        if (data.Decoding.Length > 0)
        {
            blocks.Add(new ProseBlock("Decoding: " + data.Decoding));
        }

        blocks.Add(new ProseBlock($"Trait alignment rests on {data.Classifier.Name} with {data.Classifier.Classes} classes; on held-out text it is right for "
            + $"{ReportNumbers.CountAndShare(data.Classifier.HeldOutAccuracy)}."));
        blocks.Add(new ProseBlock("Percentages have two significant digits. Intervals cover 95%. Those of single rows, and McNemar's test between two, take questions as independent; claims, arms and paired differences draw whole topics, and where the two "
            + "disagree these count. No interval holds the spread between adapter seeds. Sentences on one adapter are about the first seed; the figures at the top, arms and claims take all seeds together. What was not measured is printed as missing, with its reason, and is in no share."));
        blocks.Add(new TableBlock(
            "Models.",
            [new("Model", false), new("Role", false), new("Parameters"), new("Held-out perplexity"), new("Weights (sha256)", false)],
            [
                .. data.Models.Select(model => new TableRow(
                    "",
                    [
                        new(model.Name, model.Description),
                        new(model.Role == ModelRole.Twin ? "twin control" : "studied"),
                        new(ReportNumbers.Whole(model.Parameters)),
                        TableCell.Number(model.HeldOutPerplexity, 2),
                        new(ShortHash(model.Hash), IsCode: true),
                    ])),
            ]));
        if (data.DataSets.Count > 0)
        {
            blocks.Add(new TableBlock(
                "Data.",
                [new("Set", false), new("Use", false), new("Rows"), new("Emojis in its text"), new("Hash", false)],
                [
                    .. data.DataSets.Select(set => new TableRow(
                        "",
                        [
                            new(set.Name),
                            new(set.Use),
                            new(ReportNumbers.Whole(set.Rows)),
                            set.Emojis.Value is { } emojis ? new(ReportNumbers.Whole((long)emojis)) : TableCell.Share(set.Emojis),
                            new(ShortHash(set.Hash), IsCode: true),
                        ])),
                ]));
        }

        return new("methods", "Methods", blocks);
    }

    /// <summary>The first characters of a hash, enough to tell it from others by eye.</summary>
    public static string ShortHash(string hash) => hash.Length <= 16 ? hash : hash[..16];
}
