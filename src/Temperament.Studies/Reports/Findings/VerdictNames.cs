namespace Temperament.Studies.Reports.Findings;

/// <summary>The words for verdicts; colour never stands alone.</summary>
internal static class VerdictNames
{
    /// <summary>The verdict in words.</summary>
    public static string Of(FindingVerdict verdict) => verdict switch
    {
        FindingVerdict.Found => "Found",
        FindingVerdict.NotFound => "Not shown",
        FindingVerdict.ControlHolds => "Control holds",
        FindingVerdict.ControlFails => "Control fails",
        FindingVerdict.Caution => "Caution",
        _ => "Note",
    };

    /// <summary>The verdict as a class of the style sheet.</summary>
    public static string Style(FindingVerdict verdict) => verdict switch
    {
        FindingVerdict.Found => "found",
        FindingVerdict.NotFound => "not-found",
        FindingVerdict.ControlHolds => "holds",
        FindingVerdict.ControlFails => "fails",
        FindingVerdict.Caution => "caution",
        _ => "note",
    };
}
