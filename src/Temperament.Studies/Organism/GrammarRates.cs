namespace Temperament.Studies.Organism;

/// <summary>How often the generator does what. A list of counts is drawn from evenly, so a count that stands twice is twice as likely.</summary>
/// <param name="Joins">What stands between two clauses of a sentence.</param>
/// <param name="NeutralJoins">The same, in neutral opinions.</param>
/// <param name="JoinPost">Share of clauses of a post that join the sentence before.</param>
/// <param name="Opener">Share of posts with an opener.</param>
/// <param name="Capital">Share of sentences of posts that begin with a capital.</param>
/// <param name="ThirdChatSentence">Share of chat answers with a third sentence.</param>
/// <param name="AnswerExclamation">Exclamation rate of trait answers as a share of the register's.</param>
/// <param name="ProseSentences">Numbers of sentences of a prose document.</param>
/// <param name="CarrierShare">Share of prose sentences that are carriers of everyday words.</param>
/// <param name="PostClauses">Numbers of clauses of a post.</param>
/// <param name="AnswerClauses">Numbers of clauses of a trait answer.</param>
/// <param name="DocumentSentences">Numbers of sentences of the answer in a question document.</param>
public sealed record GrammarRates(
    IReadOnlyList<string> Joins, IReadOnlyList<string> NeutralJoins, double JoinPost, double Opener, double Capital, double ThirdChatSentence, double AnswerExclamation,
    IReadOnlyList<int> ProseSentences, double CarrierShare, IReadOnlyList<int> PostClauses, IReadOnlyList<int> AnswerClauses,
    IReadOnlyList<int> DocumentSentences);

/// <summary>Which emojis a post carries, and where.</summary>
/// <param name="Weights">Chance of each emoji of a set, most frequent first; they sum to 1.</param>
/// <param name="Shared">The one set of the independent mode.</param>
/// <param name="PerMark">Numbers of emojis that stand together.</param>
/// <param name="Repeat">Chance that a further emoji of a mark repeats its first.</param>
/// <param name="Middle">Chance of a mark after a sentence that is not the last, in a post that has emojis.</param>
/// <param name="End">Chance of a mark after the last sentence, in a post that has emojis.</param>
public sealed record EmojiRules(
    IReadOnlyList<double> Weights, IReadOnlyList<string> Shared, IReadOnlyList<int> PerMark, double Repeat, double Middle, double End);
