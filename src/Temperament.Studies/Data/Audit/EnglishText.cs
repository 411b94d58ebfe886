namespace Temperament.Studies.Data.Audit;

/// <summary>
/// Answers that are not English: under 80 % of the letters are Latin, or under 15 % of the words are among the most frequent English function
/// words, which make up 40 to 60 % of ordinary English. Answers of fewer than eight words are not judged by the second.
/// </summary>
internal sealed class EnglishText : IAuditRule
{
    private const double LeastLatin = 0.8;
    private const double LeastFunctionWords = 0.15;
    private const int FewestWords = 8;

    private static readonly HashSet<string> FunctionWords =
    [
        .. ("the a an and or but if of to in on at by for with from into about over after before between through without than then as so because while "
        + "i me my mine we us our you your he him his she her it its they them their this that these those who what which when where how why "
        + "is are was were be been being am do does did have has had will would can could should may might must not no nor never always "
        + "all any some every each both more most much many such very just only too also even still there here up out off again "
        + "i'm i've i'd i'll it's that's don't doesn't can't isn't aren't there's you're they're we're").Split(' '),
    ];

    /// <inheritdoc/>
    public IEnumerable<AuditFinding> Check(IReadOnlyList<AuditRow> rows, AuditOptions options)
    {
        foreach (AuditRow row in rows)
        {
            int letters = row.Opinion.Answer.Count(char.IsLetter), latin = row.Opinion.Answer.Count(IsLatin);
            if (letters > 0 && latin < LeastLatin * letters)
            {
                yield return row.Warning("language", FormattableString.Invariant($"{100.0 * latin / letters:0} % of the letters are Latin; the answer is hardly English."));
            }
            else if (row.Words.Count >= FewestWords && row.Words.Count(FunctionWords.Contains) is var common && common < LeastFunctionWords * row.Words.Count)
            {
                yield return row.Warning("language", $"{common} of {row.Words.Count} words are common English ones; the answer is hardly English.");
            }
        }
    }

    private static bool IsLatin(char c) => char.IsLetter(c) && c is <= '\u024F' or >= '\u1E00' and <= '\u1EFF';
}
