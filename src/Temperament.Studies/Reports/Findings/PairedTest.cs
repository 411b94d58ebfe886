namespace Temperament.Studies.Reports.Findings;

/// <summary>Says what a paired comparison came to.</summary>
internal static class PairedTest
{
    /// <summary>The paired comparison of the emoji answers of two rows, or that there is none.</summary>
    /// <param name="index">The report.</param>
    /// <param name="a">The first row.</param>
    /// <param name="b">The second row.</param>
    /// <param name="onlyA">How a question stands that only the first row answered with an emoji: "after it".</param>
    /// <param name="onlyB">The same for the second row.</param>
    public static string Sentence(ReportIndex index, EffectRow a, EffectRow b, string onlyA, string onlyB)
    {
        PairedContrast? contrast = index.Contrast(a, b);
        return contrast switch
        {
            null => "The study has no paired test of the two.",
            { OnlyA: { } first, OnlyB: { } second } =>
                $"Paired by question: {ReportNumbers.Points(contrast.Difference)}; of {ReportNumbers.Whole(contrast.Pairs)} questions, "
                + $"{ReportNumbers.Whole(first)} got an emoji only {onlyA} and {ReportNumbers.Whole(second)} only {onlyB}; {PValue(contrast)}.",
            _ => Difference(contrast),
        };
    }

    /// <summary>The difference of a paired comparison with its test, if it has one.</summary>
    public static string Difference(PairedContrast contrast)
    {
        string test = contrast.PValue.HasValue || contrast.AdjustedPValue.HasValue ? "; " + PValue(contrast) : "";
        return $"Paired by question: {ReportNumbers.Points(contrast.Difference)}{test}.";
    }

    private static string PValue(PairedContrast contrast) => contrast switch
    {
        { AdjustedPValue.HasValue: true } => $"exact McNemar, {ReportNumbers.PStatement(contrast.AdjustedPValue)} after Holm",
        { PValue.HasValue: true } => $"exact McNemar, {ReportNumbers.PStatement(contrast.PValue)}",
        _ => ReportNumbers.PStatement(contrast.PValue),
    };
}
