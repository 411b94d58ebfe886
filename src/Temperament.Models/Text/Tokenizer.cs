using System.Text;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Text.Normalizing;
using Temperament.Models.Text.Splitting;
using Temperament.Models.Text.Vocabularies;

namespace Temperament.Models.Text;

/// <summary>
/// Text to token ids and back, exactly as the model's own tokenizer does it. Immutable; may be used by several threads at once.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly IVocabularyModel _model;
    private readonly AddedTokenFinder _raw;
    private readonly AddedTokenFinder _normalized;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly Dictionary<string, int> _ids;
    private readonly TokenBytesTable _bytes;
    private readonly IReadOnlyList<string?> _tokens;

    internal Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _model = parts.Model;
        _raw = new AddedTokenFinder(parts.Added.Where(t => !t.Normalized).Select(t => (t.Content, t)));
        _normalized = new AddedTokenFinder(parts.Added.Where(t => t.Normalized).Select(t => (Normalized(t.Content), t)));
        _added = [];
        _ids = new Dictionary<string, int>(parts.Tokens.Count, StringComparer.Ordinal);
        for (int id = 0; id < parts.Tokens.Count; id++)
        {
            if (parts.Tokens[id] is { } token)
            {
                _ids.TryAdd(token, id);
            }
        }

        foreach (AddedToken token in parts.Added)
        {
            _added[token.Id] = token;
            _ids[token.Content] = token.Id;
        }

        _tokens = NormalizedTokens();
        _bytes = TokenBytesTable.Make(_tokens, _added, parts);
    }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize => _parts.Tokens.Count;

    /// <summary>SHA-256 of the file (or of the vocabulary in a GGUF file), in hexadecimal.</summary>
    public string Hash => _parts.Hash;

    /// <summary>Tokens that have a name in the configuration: bos_token, eos_token, unk_token, pad_token …</summary>
    public IReadOnlyDictionary<string, string> NamedTokens => _parts.NamedTokens;

    /// <summary>Reads <c>tokenizer.json</c>.</summary>
    /// <param name="json">Its content.</param>
    /// <param name="config">Content of <c>tokenizer_config.json</c>, which names some tokens; empty if there is none.</param>
    /// <param name="name">Name of the file, for errors.</param>
    /// <exception cref="CheckpointException">The file is damaged, or it uses something that is not known.</exception>
    public static Tokenizer FromJson(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> config = default, string name = "tokenizer.json")
    {
        try
        {
            return new Tokenizer(TokenizerJson.Read(name, json, config));
        }
        catch (TokenizerException e)
        {
            throw new CheckpointException(name, e.Message, "a pattern that can be used", "The tokenizer is of a kind that is not known.", e);
        }
    }

    /// <summary>Reads <c>tokenizer.model</c>, the file of SentencePiece.</summary>
    /// <param name="model">Its content.</param>
    /// <param name="config">Content of <c>tokenizer_config.json</c>, which says what is put around a text; empty if there is none.</param>
    /// <param name="name">Name of the file, for errors.</param>
    /// <exception cref="CheckpointException">The file is damaged, or it uses something that is not known.</exception>
    public static Tokenizer FromSentencePiece(ReadOnlyMemory<byte> model, ReadOnlyMemory<byte> config = default, string name = "tokenizer.model") =>
        new(TokenizerSentencePiece.Read(name, model, config));

    /// <summary>Reads the vocabulary of a GGUF file.</summary>
    /// <param name="file">The file; it may be closed afterwards.</param>
    /// <exception cref="CheckpointException">The vocabulary is damaged, or of a kind that is not known.</exception>
    public static Tokenizer FromGguf(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new Tokenizer(TokenizerGguf.Read(file));
    }

    /// <summary>Turns text into ids.</summary>
    /// <param name="text">Text; half of a surrogate pair counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the tokens are added that the model expects around a text, such as a first token.</param>
    /// <param name="parseSpecial">Whether special tokens that are written in the text are recognised; if not, they are plain text.</param>
    /// <exception cref="TokenizerException">The tokenizer takes unbounded work or memory on this text.</exception>
    public int[] Encode(string text, bool addSpecialTokens = false, bool parseSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = EncodeInner(text, parseSpecial, tracks: false, continues: false).Ids;
        return addSpecialTokens ? [.. _parts.Prefix, .. ids, .. _parts.Suffix] : [.. ids];
    }

    /// <summary>Turns text into ids and says where each comes from. Slower than <see cref="Encode"/>, with the same ids.</summary>
    /// <param name="text">Text; half of a surrogate pair counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the tokens are added that the model expects around a text.</param>
    /// <param name="parseSpecial">Whether special tokens that are written in the text are recognised.</param>
    /// <exception cref="TokenizerException">The tokenizer takes unbounded work or memory on this text.</exception>
    public TokenizedText EncodeSpans(string text, bool addSpecialTokens = false, bool parseSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        TokenizedText located = Locate(text, parseSpecial, continues: false);
        return addSpecialTokens
            ? new TokenizedText([.. _parts.Prefix, .. located.Ids, .. _parts.Suffix],
                [.. new TextSpan[_parts.Prefix.Count], .. located.Spans, .. new TextSpan[_parts.Suffix.Count]])
            : located;
    }

    /// <summary>As <see cref="EncodeSpans(string, bool, bool)"/>, for text that stands behind other text: no space is put in front of it.</summary>
    internal TokenizedText EncodeContinuation(string text) => Locate(text, parseSpecial: true, continues: true);

    private TokenizedText Locate(string text, bool parseSpecial, bool continues)
    {
        TokenSink sink = EncodeInner(text, parseSpecial, tracks: true, continues);
        if (_parts.Trimming is { } trimming)
        {
            for (int i = 0; i < sink.Ids.Count; i++)
            {
                (int id, TextSpan span) = (sink.Ids[i], sink.Spans![i]);
                ReadOnlySpan<char> token = _added.ContainsKey(id) ? text.AsSpan(span.Start, span.End - span.Start) : TokenString(id);
                sink.Spans[i] = trimming.Trim(token, text, span, i == 0);
            }
        }

        return new TokenizedText([.. sink.Ids], [.. sink.Spans!]);
    }

    /// <summary>Turns ids into text. Bytes that are no UTF-8 show as U+FFFD, one for each longest wrong part.</summary>
    /// <param name="ids">Ids; those without a token give nothing.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        if (_parts.Style == TokenStyle.WordPiece)
        {
            return WordPieceText.Join(ids, _tokens, skipSpecialTokens ? IsSpecial : null, _parts.CleansUp);
        }

        TextDecoder decoder = NewStream();
        var text = new StringBuilder();
        foreach (int id in ids)
        {
            if (!(skipSpecialTokens && IsSpecial(id)))
            {
                text.Append(decoder.Append(id));
            }
        }

        return text.Append(decoder.Flush()).ToString();
    }

    /// <summary>Decodes ids that come one by one.</summary>
    /// <param name="continuesText">Whether text stands before the first id, so that no leading space is dropped.</param>
    public TextDecoder NewStream(bool continuesText = false) => new(this, continuesText ? LeadingSpace.Kept : _parts.LeadingSpace);

    /// <summary>The bytes that a token stands for; empty for an id that has no token.</summary>
    /// <param name="id">Id.</param>
    public ReadOnlySpan<byte> TokenBytes(int id) => _bytes[id];

    /// <summary>Whether a token shows as a text that is not its own, which keeps its spaces.</summary>
    internal bool HasSurface(int id) => _parts.Surfaces.ContainsKey(id);

    /// <summary>The token as the vocabulary writes it; null for an id that has none.</summary>
    /// <param name="id">Id.</param>
    public string? TokenString(int id) => (uint)id < (uint)_tokens.Count ? _tokens[id] : null;

    /// <summary>Whether a token steers the model and is no text.</summary>
    /// <param name="id">Id.</param>
    public bool IsSpecial(int id) => _added.TryGetValue(id, out AddedToken? token) && token.Special;

    /// <summary>The id of a token by its string in the vocabulary; null if there is none.</summary>
    /// <param name="content">Token as the vocabulary writes it, such as <c>&lt;|im_end|&gt;</c>.</param>
    public int? TokenId(string content) => _ids.TryGetValue(content, out int id) ? id : null;

    // An added token that is looked for in normalised text is given back in that form.
    private IReadOnlyList<string?> NormalizedTokens()
    {
        if (_parts.Normalizers.Count == 0 || !_parts.Added.Any(t => t.Normalized))
        {
            return _parts.Tokens;
        }

        string?[] tokens = [.. _parts.Tokens];
        foreach (AddedToken token in _parts.Added.Where(t => t.Normalized))
        {
            tokens[token.Id] = Normalized(token.Content);
        }

        return tokens;
    }

    private TokenSink EncodeInner(string text, bool parseSpecial, bool tracks, bool continues)
    {
        SourceText whole = SourceText.Of(WholeCharacters(text), tracks) with { Continues = continues };
        var sink = new TokenSink(_parts.Model, whole.Text, _parts.SpansEndAtNext, tracks);
        PieceSink chain = PreTokenizerChain.Before(sink, _parts.Splitters);
        var outer = new List<AddedPart>();
        var inner = new List<AddedPart>();
        parseSpecial &= _parts.ReadsSpecial;
        _raw.Split(whole.Text, parseSpecial, outer);
        foreach (AddedPart part in outer)
        {
            if (part.Token is not null)
            {
                sink.Add(part.Token.Id, new TextSpan(part.Start, part.End));
                continue;
            }

            SourceText segment = Normalize(whole.Slice(part.Start, part.End));
            inner.Clear();
            _normalized.Split(segment.Text, parseSpecial, inner);
            foreach (AddedPart found in inner)
            {
                var piece = new TextPiece(segment, found.Start, found.End - found.Start, part.Start == 0 && found.Start == 0 && !continues);
                if (found.Token is not null)
                {
                    sink.Add(found.Token.Id, sink.SpanOf(piece));
                }
                else if (piece.Length > 0)
                {
                    chain.Take(piece);
                }
            }
        }

        return sink;
    }

    private static string WholeCharacters(string text) =>
        text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : CodePoints.WithoutHalves(text);

    private SourceText Normalize(SourceText text)
    {
        foreach (INormalizer normalizer in _parts.Normalizers)
        {
            text = normalizer.Normalize(text);
        }

        return text;
    }

    private string Normalized(string text) => Normalize(SourceText.Of(text, tracks: false)).Text;
}
