using Temperament.Models.Decoder;

namespace Temperament.Models.Encoders;

/// <summary>One text for an encoder.</summary>
/// <param name="Tokens">Token ids with the tokens that the model expects around a text.</param>
/// <param name="Types">Type of each token, 0 or 1 where a text has two parts; null for all 0.</param>
public sealed record EncoderInput(int[] Tokens, int[]? Types = null);

/// <summary>Texts laid end to end in R rows, without padding: a row's result depends on its own text only.</summary>
public sealed class EncoderBatch
{
    private EncoderBatch(TokenBatch rows, int[] types, int[] positions)
    {
        Rows = rows;
        Types = types;
        Positions = positions;
    }

    /// <summary>The rows.</summary>
    public TokenBatch Rows { get; }

    /// <summary>(R) token types.</summary>
    public int[] Types { get; }

    /// <summary>(R) rows of the table of positions.</summary>
    public int[] Positions { get; }

    /// <summary>Lays texts end to end.</summary>
    /// <param name="config">Shape of the encoder.</param>
    /// <param name="inputs">Texts of at least one token each.</param>
    /// <exception cref="ArgumentException">A text is empty, or has another number of types than of tokens.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token or a type is not in its table.</exception>
    /// <exception cref="ContextLengthException">A text is longer than the table of positions.</exception>
    public static EncoderBatch From(EncoderConfig config, IReadOnlyList<EncoderInput> inputs)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(inputs);
        TokenBatch rows = TokenBatch.From([.. inputs.Select(input => new TokenSequence(input.Tokens))]);
        var (types, positions) = (new int[rows.Rows], new int[rows.Rows]);
        for (int s = 0; s < inputs.Count; s++)
        {
            EncoderInput input = inputs[s];
            if (input.Tokens.Length > config.MaxTokens)
            {
                throw new ContextLengthException(input.Tokens.Length, config.MaxTokens);
            }

            if (input.Types is { } given && given.Length != input.Tokens.Length)
            {
                throw new ArgumentException($"Text {s} has {input.Tokens.Length} tokens and {given.Length} types.", nameof(inputs));
            }

            input.Types?.CopyTo(types, rows.Starts[s]);
            Place(config, input.Tokens, positions.AsSpan(rows.Starts[s]));
        }

        foreach (int token in rows.Tokens)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)config.Shape.VocabularySize, nameof(inputs));
        }

        foreach (int type in types)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)type, (uint)Math.Max(1, config.TokenTypes), nameof(inputs));
        }

        return new EncoderBatch(rows, types, positions);
    }

    private static void Place(EncoderConfig config, int[] tokens, Span<int> positions)
    {
        int next = config.FirstPosition;
        for (int i = 0; i < tokens.Length; i++)
        {
            bool pads = config.FirstPosition > 0 && tokens[i] == config.PadToken;
            positions[i] = pads ? config.FirstPosition - 1 : next++;
        }
    }
}
