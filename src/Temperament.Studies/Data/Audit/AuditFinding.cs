namespace Temperament.Studies.Data.Audit;

/// <summary>How much a finding weighs.</summary>
public enum AuditSeverity
{
    /// <summary>The data must not be used as it is.</summary>
    Error,

    /// <summary>A person should look at it.</summary>
    Warning,
}

/// <summary>Something that the audit of a data set found.</summary>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Rule">Name of the rule, as in "emoji".</param>
/// <param name="Path">File.</param>
/// <param name="Line">Line on which the row begins, from 1; 0 if it concerns the file as a whole.</param>
/// <param name="Message">What was found, in one sentence.</param>
public sealed record AuditFinding(AuditSeverity Severity, string Rule, string Path, long Line, string Message);
