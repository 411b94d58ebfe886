using System.CommandLine;
using Temperament.Models.Generation;

namespace Temperament.Cli.Options;

/// <summary>The options that say how text is drawn.</summary>
internal sealed class GenerationChoices
{
    private readonly Option<int> _maxTokens = Numbers.Integer("--max-tokens", "N", "Most tokens of an answer.", 1, 1 << 20, 128);
    private readonly Option<double> _temperature = Numbers.Real("--temperature", "T", "Divides the logits; 0 always takes the likeliest token.", 0, 100, 0.7);
    private readonly Option<double> _topP = Numbers.Real("--top-p", "P", "Draw from the likeliest tokens that together have this probability.", 1e-9, 1, 1);
    private readonly Option<long> _seed = Numbers.Seed("Another seed draws another answer; the same one draws the same, on any machine.");

    /// <summary>All of them, for a command.</summary>
    public Symbol[] Symbols => [_maxTokens, _temperature, _topP, _seed];

    /// <summary>What was chosen.</summary>
    public GenerationOptions Of(ParseResult arguments) => new()
    {
        MaxNewTokens = arguments.GetValue(_maxTokens),
        Temperature = arguments.GetValue(_temperature),
        TopP = arguments.GetValue(_topP),
        Seed = arguments.GetValue(_seed),
    };
}
