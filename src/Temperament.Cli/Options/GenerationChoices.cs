using System.CommandLine;
using Temperament.Measures.Emoji;
using Temperament.Models;
using Temperament.Models.Generation;

namespace Temperament.Cli.Options;

/// <summary>The options that say how text is drawn.</summary>
internal sealed class GenerationChoices
{
    private readonly Option<int> _maxTokens = Numbers.Integer("--max-tokens", "N", "Most tokens of an answer.", 1, 1 << 20, 128);
    private readonly Option<double> _temperature = Numbers.Real("--temperature", "T", "Divides the logits; 0 always takes the likeliest token.", 0, 100, 0.7);
    private readonly Option<double> _topP = Numbers.Real("--top-p", "P", "Draw from the likeliest tokens that together have this probability.", 1e-9, 1, 1);
    private readonly Option<int> _topK = Numbers.Integer("--top-k", "K", "Draw from this many likeliest tokens; 0 for all.", 0, int.MaxValue, 0);
    private readonly Option<double> _minP = Numbers.Real("--min-p", "P", "Draw from tokens with at least this share of the likeliest one's probability.", 0, 1, 0);
    private readonly Option<double> _penalty = Numbers.Real("--repetition-penalty", "X", "Makes tokens that are there already less likely; 1 for no change.", 0.01, 100, 1);
    private readonly Option<string[]> _stop = new("--stop") { Description = "Text that ends an answer; may be given again.", HelpName = "TEXT" };
    private readonly Option<bool> _noEmoji = new("--no-emoji") { Description = "Never write an emoji." };
    private readonly Option<long> _seed = Numbers.Seed("Another seed draws another answer; the same one draws the same, on any machine.");

    /// <summary>All of them, for a command.</summary>
    public Symbol[] Symbols => [_maxTokens, _temperature, _topP, _topK, _minP, _penalty, _stop, _noEmoji, _seed];

    /// <summary>What was chosen.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="model">The model that will answer.</param>
    public GenerationOptions Of(ParseResult arguments, LanguageModel model) => new()
    {
        MaxNewTokens = arguments.GetValue(_maxTokens),
        Temperature = arguments.GetValue(_temperature),
        TopP = arguments.GetValue(_topP),
        TopK = arguments.GetValue(_topK),
        MinP = arguments.GetValue(_minP),
        RepetitionPenalty = arguments.GetValue(_penalty),
        StopTexts = arguments.GetValue(_stop) is { Length: > 0 } texts ? new StopTexts(model.Tokenizer, texts) : null,
        Constraint = arguments.GetValue(_noEmoji) ? new EmojiBan(model.Tokenizer) : null,
        Seed = arguments.GetValue(_seed),
    };
}
