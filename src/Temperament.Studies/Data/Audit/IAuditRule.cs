namespace Temperament.Studies.Data.Audit;

/// <summary>One thing that the audit looks for.</summary>
internal interface IAuditRule
{
    /// <summary>Looks through all rows of all files.</summary>
    /// <param name="rows">The rows, file by file, in order.</param>
    /// <param name="options">What they are held to.</param>
    IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options);
}
