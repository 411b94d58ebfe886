using System.Text;
using Temperament.Models.Text.Vocabularies;

namespace Temperament.Models.Text.Splitting;

/// <summary>The end of the chain: turns pieces into ids, and where asked finds the part of the given text that each stands for.</summary>
/// <param name="model">Vocabulary.</param>
/// <param name="given">The text as it was given.</param>
/// <param name="endsAtNext">Whether a token ends where what follows it comes from, as in SentencePiece; if not, behind its own last character.</param>
/// <param name="tracks">Whether places are asked for.</param>
internal sealed class TokenSink(IVocabularyModel model, string given, bool endsAtNext, bool tracks) : PieceSink
{
    private readonly TokenRun _run = new((given.Length / 3) + 8, tracks);

    /// <summary>Ids so far.</summary>
    public List<int> Ids => _run.Ids;

    /// <summary>The part of the given text behind each id; null where nobody asks.</summary>
    public List<TextSpan>? Spans { get; } = tracks ? [] : null;

    /// <inheritdoc/>
    public override void Take(in TextPiece piece)
    {
        model.Encode(piece.Span, _run);
        if (Spans is not null)
        {
            Locate(piece);
        }
    }

    /// <summary>Adds a token that was found in the text as it stands.</summary>
    public void Add(int id, TextSpan span)
    {
        _run.Ids.Add(id);
        Spans?.Add(span);
    }

    /// <summary>The part of the given text that a piece comes from.</summary>
    public TextSpan SpanOf(in TextPiece piece)
    {
        if (piece.Source.Origins is not { } origins || piece.Length == 0)
        {
            return default;
        }

        int first = origins[piece.Start];
        return endsAtNext
            ? new TextSpan(first, origins[piece.Start + piece.Length])
            : new TextSpan(CharacterStart(first), CharacterEnd(origins[piece.Start + piece.Length - 1]));
    }

    private void Locate(in TextPiece piece)
    {
        ReadOnlySpan<char> text = piece.Span;
        ReadOnlySpan<int> origins = piece.Source.Origins.AsSpan(piece.Start, piece.Length + 1);
        int[] units = UnitOfByte(text);
        foreach (TextSpan bytes in _run.Bytes!)
        {
            int first = units[Math.Min(bytes.Start, units.Length - 1)];
            if (bytes.End <= bytes.Start)
            {
                Spans!.Add(new TextSpan(Math.Max(origins[first], 0), Math.Max(origins[first], 0)));
                continue;
            }

            int last = units[Math.Min(bytes.End - 1, units.Length - 2)];
            Spans!.Add(endsAtNext
                ? new TextSpan(origins[first], origins[units[Math.Min(bytes.End, units.Length - 1)]])
                : new TextSpan(CharacterStart(origins[first]), CharacterEnd(origins[last])));
        }

        _run.Bytes.Clear();
    }

    // The unit where the character of each byte begins, and the length of the text behind the last byte.
    private static int[] UnitOfByte(ReadOnlySpan<char> text)
    {
        int[] units = new int[Encoding.UTF8.GetByteCount(text) + 1];
        int at = 0, done = 0;
        while (at < text.Length)
        {
            CodePoints.At(text, at, out int length);
            int size = Encoding.UTF8.GetByteCount(text.Slice(at, length));
            units.AsSpan(done, size).Fill(at);
            done += size;
            at += length;
        }

        units[^1] = text.Length;
        return units;
    }

    private int CharacterStart(int origin) =>
        origin > 0 && origin < given.Length && char.IsLowSurrogate(given[origin]) && char.IsHighSurrogate(given[origin - 1])
            ? origin - 1
            : Math.Max(origin, 0);

    private int CharacterEnd(int origin)
    {
        if (origin < 0 || origin >= given.Length)
        {
            return Math.Max(origin, 0);
        }

        return origin + 1 < given.Length && char.IsHighSurrogate(given[origin]) && char.IsLowSurrogate(given[origin + 1]) ? origin + 2 : origin + 1;
    }
}
