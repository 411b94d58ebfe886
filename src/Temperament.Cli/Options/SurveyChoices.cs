using System.CommandLine;
using Temperament.Studies.Data;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;

namespace Temperament.Cli.Options;

/// <summary>The options that say which questions are asked, and how answers are drawn.</summary>
internal sealed class SurveyChoices
{
    private readonly Option<string> _opinions = new("--opinions")
    {
        Description = "Opinions that the trait classifier learns from: a CSV file, or \"organism\".",
        HelpName = "F",
        DefaultValueFactory = _ => RecipeOpinions.Grammar,
    };

    private readonly Option<string> _questions = new("--questions")
    {
        Description = "Questions to ask: a CSV file, or \"organism\".",
        HelpName = "F",
        DefaultValueFactory = _ => RecipeOpinions.Grammar,
    };

    private readonly Option<int> _count = Numbers.Integer("--count", "N", "Number of questions.", 1, 1 << 20, 100);
    private readonly Option<int> _maxTokens = Numbers.Integer("--max-tokens", "N", "Most tokens of an answer.", 1, 1 << 16, 70);
    private readonly Option<double> _temperature = Numbers.Real("--temperature", "T", "Divides the logits; 0 always takes the likeliest token.", 0, 100, 0.7);
    private readonly Option<double> _topP = Numbers.Real("--top-p", "P", "Draw from the likeliest tokens that together have this probability.", 1e-9, 1, 0.9);
    private readonly Option<long> _seed = Numbers.Seed("Seed of the answers.");

    /// <summary>All of them, for a command.</summary>
    public Symbol[] Symbols => [_opinions, _questions, _count, _maxTokens, _temperature, _topP, _seed];

    /// <summary>Questions and opinions.</summary>
    public StudyMaterials Materials(ParseResult arguments) => new(
        new StudyData
        {
            Opinions = arguments.GetValue(_opinions)!,
            Questions = arguments.GetValue(_questions)!,
            QuestionCount = arguments.GetValue(_count),
        },
        Environment.CurrentDirectory);

    /// <summary>How answers are drawn.</summary>
    public GenerationSpec Generation(ParseResult arguments) => new()
    {
        MaxNewTokens = arguments.GetValue(_maxTokens),
        Temperature = arguments.GetValue(_temperature),
        TopP = arguments.GetValue(_topP),
        Seed = arguments.GetValue(_seed),
    };
}
