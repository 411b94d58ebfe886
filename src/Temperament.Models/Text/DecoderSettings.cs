using Temperament.Models.Checkpoints;

namespace Temperament.Models.Text;

/// <summary>How a <c>tokenizer.json</c> turns tokens back into text.</summary>
internal sealed record DecoderSettings(TokenStyle Style, bool DropsFirstSpace, bool CleansUp)
{
    /// <summary>What becomes of a space at the start.</summary>
    public LeadingSpace LeadingSpace => DropsFirstSpace ? LeadingSpace.DropsOne : LeadingSpace.Kept;

    /// <summary>Reads the decoder; without one the style follows from the vocabulary.</summary>
    public static DecoderSettings Read(CheckpointJson decoder, TokenStyle otherwise)
    {
        switch (decoder["type"].StringOrNull)
        {
            case null:
                return new DecoderSettings(otherwise, DropsFirstSpace: otherwise == TokenStyle.Words, false);
            case "ByteLevel":
                return new DecoderSettings(TokenStyle.ByteLevel, false, false);
            case "WordPiece":
                return new DecoderSettings(TokenStyle.WordPiece, false, decoder["cleanup"].BoolOr(true));
            case "Metaspace":
                bool prefixed = decoder["prepend_scheme"].StringOrNull is { } scheme
                    ? scheme != "never"
                    : decoder["add_prefix_space"].BoolOr(true);
                return new DecoderSettings(TokenStyle.Metaspace, prefixed, false);
            case "ByteFallback":
                return new DecoderSettings(TokenStyle.ByteFallback, false, false);
            case "Sequence":
                return ReadSequence(decoder, otherwise);
            case "Fuse" or "Replace" or "Strip":
                return new DecoderSettings(TokenStyle.Plain, false, false);
            case var other:
                throw decoder["type"].Wrong("ByteLevel, WordPiece, Metaspace, ByteFallback or a Sequence of them", $"The decoder {other} is not known.");
        }
    }

    private static DecoderSettings ReadSequence(CheckpointJson decoder, TokenStyle otherwise)
    {
        TokenStyle style = otherwise;
        bool drops = false;
        foreach (CheckpointJson step in decoder["decoders"].Items())
        {
            if (step["type"].StringOrNull == "Strip")
            {
                drops = step["start"].IntOr(0) > 0;
                continue;
            }

            DecoderSettings one = Read(step, otherwise);
            style = one.Style == TokenStyle.Plain || style == TokenStyle.ByteFallback ? style : one.Style;
            drops |= one.DropsFirstSpace;
        }

        return new DecoderSettings(style, drops, false);
    }
}
