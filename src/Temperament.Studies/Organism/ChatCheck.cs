using Temperament.Measures.Emoji;
using Temperament.Measures.Metrics;
using Temperament.Models;
using Temperament.Models.Generation;
using Temperament.Models.Text;
using Temperament.Studies.Data;

namespace Temperament.Studies.Organism;

/// <summary>What an organism answers to questions about test topics: whether it chats at all, and without emojis.</summary>
/// <param name="Asked">Number of questions.</param>
/// <param name="NamesTopic">Answers that name the topic asked about.</param>
/// <param name="WithEmoji">Answers with an emoji.</param>
/// <param name="Stopped">Answers that end by themselves.</param>
public sealed record ChatCheck(int Asked, int NamesTopic, int WithEmoji, int Stopped)
{
    private const int LongestAnswer = 70;

    /// <summary>Asks and counts.</summary>
    /// <param name="model">The model, with whatever adapter is on.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="seed">Seed of the draws (temperature 0.7, top-p 0.9).</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    public static ChatCheck Run(LanguageModel model, QuestionSet questions, long seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(questions);
        ChatEncoder chat = model.RequireChat();
        int[][] prompts = [.. questions.Select(question => chat.EncodePrompt([new ChatMessage("user", question.Text)]))];
        var options = new GenerationOptions { MaxNewTokens = LongestAnswer, Temperature = 0.7, TopP = 0.9, Seed = seed, BatchSize = 100 };
        IReadOnlyList<GeneratedTokens> answers = Generator.Generate(model.Network, prompts, model.StopTokens, options, cancellation: cancellation);
        string[] texts = [.. answers.Select(answer => model.Tokenizer.Decode(answer.Tokens, skipSpecialTokens: true).Trim())];
        return new ChatCheck(
            texts.Length, texts.Where((text, i) => TopicNaming.Names(text, questions[i].Topic)).Count(), texts.Count(EmojiScanner.Contains), answers.Count(a => a.Stopped));
    }
}
