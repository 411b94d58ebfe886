namespace Temperament.Studies.Data.Generation;

/// <summary>What a generation will use if every first answer is taken: about four characters of English make a token.</summary>
/// <param name="Requests">Number of answers to ask for.</param>
/// <param name="PromptTokens">Tokens of the prompts.</param>
/// <param name="AnswerTokens">Tokens of the answers, at the length allowed at most.</param>
/// <param name="Cost">What they cost.</param>
public sealed record CostEstimate(int Requests, long PromptTokens, long AnswerTokens, double Cost)
{
    private const double CharactersOfToken = 4;
    private const double TokensOfWord = 1.4;
    private const int TokensOfMessage = 4;

    /// <summary>Estimates.</summary>
    /// <param name="orders">The answers to ask for.</param>
    /// <param name="options">How.</param>
    public static CostEstimate Of(IReadOnlyCollection<AnswerOrder> orders, EndpointOptions options)
    {
        ArgumentNullException.ThrowIfNull(orders);
        ArgumentNullException.ThrowIfNull(options);
        long prompt = orders.Sum(order => AnswerPrompt.For(order, options.Rules, null).Sum(message => TokensOfMessage + (long)Math.Ceiling(message.Content.Length / CharactersOfToken)));
        long answer = (long)Math.Ceiling(orders.Count * options.Rules.MostWords * TokensOfWord);
        return new CostEstimate(orders.Count, prompt, answer, options.Cost(prompt, answer));
    }
}
