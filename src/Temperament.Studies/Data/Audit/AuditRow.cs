using Temperament.Models.Text;

namespace Temperament.Studies.Data.Audit;

/// <summary>A row under audit.</summary>
/// <param name="Path">File.</param>
/// <param name="Line">Line on which it begins, from 1.</param>
/// <param name="Opinion">What it says.</param>
internal sealed record AuditRow(string Path, long Line, Opinion Opinion)
{
    private string[]? _words;

    /// <summary>The words of the answer, lower case, without punctuation; an apostrophe within a word stays.</summary>
    public IReadOnlyList<string> Words => _words ??= [.. AnswerWords.Of(Opinion.Answer)];

    /// <summary>Name of the target.</summary>
    public string Target => Opinion.Target.Name;

    /// <summary>Place of the row in messages.</summary>
    public string Place => $"{Path}, line {Line}";

    /// <summary>A finding at this row.</summary>
    public AuditFinding Find(AuditSeverity severity, string rule, string message) => new(severity, rule, Path, Line, message);

    /// <summary>An error at this row.</summary>
    public AuditFinding Error(string rule, string message) => Find(AuditSeverity.Error, rule, message);

    /// <summary>A warning at this row.</summary>
    public AuditFinding Warning(string rule, string message) => Find(AuditSeverity.Warning, rule, message);

    /// <summary>Topics are the same if they differ in case and outer blanks only.</summary>
    public string TopicKey => Opinion.Topic.Trim().ToLowerInvariant();

    /// <summary>Whether the row shows no trait.</summary>
    public bool IsNeutral => Opinion.Target == TraitTarget.Neutral;
}
