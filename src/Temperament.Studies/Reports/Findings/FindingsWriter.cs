namespace Temperament.Studies.Reports.Findings;

/// <summary>What a finding says about the study.</summary>
public enum FindingVerdict
{
    /// <summary>An effect was shown.</summary>
    Found,

    /// <summary>An effect was looked for and not shown.</summary>
    NotFound,

    /// <summary>A control came out as it should.</summary>
    ControlHolds,

    /// <summary>A control did not come out as it should.</summary>
    ControlFails,

    /// <summary>A measured fact without a test.</summary>
    Note,

    /// <summary>Something that weakens the other findings.</summary>
    Caution,
}

/// <summary>One finding.</summary>
/// <param name="Verdict">What it says about the study.</param>
/// <param name="Text">The finding in plain sentences, with its main numbers.</param>
/// <param name="Evidence">Tests and further numbers; may be empty.</param>
public sealed record Finding(FindingVerdict Verdict, string Text, string Evidence = "");

/// <summary>
/// Writes what was found in plain sentences. Every sentence follows from the numbers: an effect that was not shown, and a control
/// that failed, are said as plainly as the contrary.
/// </summary>
public static class FindingsWriter
{
    /// <summary>The findings: the claims made beforehand, then the primary effect.</summary>
    /// <param name="data">The data of the report.</param>
    /// <exception cref="ArgumentException">The data contradict themselves: doubled ids, or references to nothing.</exception>
    public static IReadOnlyList<Finding> Write(ReportData data)
    {
        ReportIndex index = new(data);
        List<Finding> findings = [];
        HypothesisFindings.Write(data, findings);
        foreach (ModelCard subject in index.Subjects)
        {
            EffectFindings.Write(index, subject.Name, findings);
            ControlFindings.Write(index, subject.Name, findings);
            SideEffectFindings.Write(index, subject.Name, findings);
            MechanismFindings.Write(index, subject.Name, findings);
        }

        return findings;
    }
}
