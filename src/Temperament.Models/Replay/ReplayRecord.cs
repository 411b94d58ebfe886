using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Models.Text;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Replay;

/// <summary>What a model answers to one text.</summary>
/// <param name="Text">The text.</param>
/// <param name="Tokens">Its token ids, with those that the model expects around a text.</param>
/// <param name="Top">Ids of the largest logits after it, largest first.</param>
/// <param name="Logits">Those logits.</param>
public sealed record ReplayRow(string Text, int[] Tokens, int[] Top, float[] Logits);

/// <summary>
/// What a model answers to the texts of <see cref="ReplayPrompts"/>: token ids, largest logits, some greedy continuations, and a rendered
/// conversation. A model that was written and loaded again must answer the same.
/// </summary>
/// <param name="Rows">One row a text.</param>
/// <param name="Greedy">Greedy continuations of the first texts.</param>
/// <param name="Chat">Token ids of a conversation; null without a template.</param>
public sealed record ReplayRecord(IReadOnlyList<ReplayRow> Rows, IReadOnlyList<int[]> Greedy, int[]? Chat)
{
    /// <summary>Logits that are kept of each text.</summary>
    public const int Kept = 16;

    private const int GreedyTexts = 4, GreedyTokens = 8;

    private static readonly ChatMessage[] Talk =
    [
        new("user", "What do you think of rain? 🌧️"), new("assistant", "I like its sound."), new("user", "And of snow?"),
    ];

    /// <summary>Asks a model.</summary>
    /// <param name="model">The model, with or without an adapter.</param>
    public static ReplayRecord Of(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var rows = new List<ReplayRow>();
        foreach (string text in ReplayPrompts.Texts)
        {
            // A tokenizer that has no byte for a text leaves nothing of it.
            int[] tokens = model.Tokenizer.Encode(text, addSpecialTokens: true);
            if (tokens.Length > 0 && tokens.Length <= model.Config.MaxPositions)
            {
                float[] logits = Last(model, tokens);
                int[] top = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).ThenBy(id => id).Take(Kept)];
                rows.Add(new ReplayRow(text, tokens, top, [.. top.Select(id => logits[id])]));
            }
        }

        return new ReplayRecord(rows, Continue(model, rows), model.Chat?.EncodePrompt(Talk));
    }

    /// <summary>Asks another model the same and compares.</summary>
    /// <param name="model">The other model.</param>
    public ReplayComparison Compare(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var comparison = new ReplayComparison();
        foreach (ReplayRow row in Rows)
        {
            comparison.Add(row, model.Tokenizer.Encode(row.Text, addSpecialTokens: true), () => Last(model, row.Tokens));
        }

        if (comparison.Fault is null)
        {
            int[][] greedy = Continue(model, Rows);
            int differs = Enumerable.Range(0, Greedy.Count).FirstOrDefault(i => !Greedy[i].AsSpan().SequenceEqual(greedy[i]), -1);
            comparison.Greedy = differs < 0;
            comparison.Note(Chat is null ? model.Chat is null : model.Chat is { } chat && Chat.AsSpan().SequenceEqual(chat.EncodePrompt(Talk)),
                "the rendered conversation has other tokens");
        }

        return comparison;
    }

    private static float[] Last(LanguageModel model, int[] tokens)
    {
        Tensor logits = SinglePass.Logits(model.Network, tokens);
        return logits.SliceRows(logits.Rows - 1, 1).ToArray();
    }

    private static int[][] Continue(LanguageModel model, IReadOnlyList<ReplayRow> rows)
    {
        int[][] prompts = [.. rows.Take(GreedyTexts).Select(row => row.Tokens).Where(ids => ids.Length + GreedyTokens <= model.Config.MaxPositions)];
        return prompts.Length == 0
            ? []
            : [.. Generator.Generate(model.Network, prompts, new HashSet<int>(), new GenerationOptions { MaxNewTokens = GreedyTokens, Temperature = 0 })
                .Select(answer => answer.Tokens)];
    }
}
