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
    private readonly PreTokenizerChain _splitters;
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
        _splitters = new PreTokenizerChain(parts.Splitters);
        _raw = new AddedTokenFinder(parts.Added.Where(t => !t.Normalized).Select(t => (t.Content, t)));
        _normalized = new AddedTokenFinder(parts.Added.Where(t => t.Normalized).Select(t => (Normalize(t.Content), t)));
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
        _bytes = TokenBytesTable.Make(_tokens, _added, parts.Style);
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
    public int[] Encode(string text, bool addSpecialTokens = false, bool parseSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>((text.Length / 3) + 8);
        if (addSpecialTokens)
        {
            ids.AddRange(_parts.Prefix);
        }

        var outer = new List<(AddedToken? Token, int Start, int End)>();
        var inner = new List<(AddedToken? Token, int Start, int End)>();
        _raw.Split(text, parseSpecial, outer);
        foreach ((AddedToken? token, int start, int end) in outer)
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }

            string segment = Normalize(start == 0 && end == text.Length ? text : text[start..end]);
            inner.Clear();
            _normalized.Split(segment, parseSpecial, inner);
            foreach ((AddedToken? found, int from, int to) in inner)
            {
                if (found is not null)
                {
                    ids.Add(found.Id);
                }
                else
                {
                    EncodePlain(from == 0 && to == segment.Length ? segment : segment[from..to], start == 0 && from == 0, ids);
                }
            }
        }

        if (addSpecialTokens)
        {
            ids.AddRange(_parts.Suffix);
        }

        return [.. ids];
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
    public TextDecoder NewStream(bool continuesText = false) => new(this, _parts.DropsFirstSpace && !continuesText);

    /// <summary>The bytes that a token stands for; empty for an id that has no token.</summary>
    /// <param name="id">Id.</param>
    public ReadOnlySpan<byte> TokenBytes(int id) => _bytes[id];

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
            tokens[token.Id] = Normalize(token.Content);
        }

        return tokens;
    }

    private void EncodePlain(string text, bool isFirst, List<int> ids)
    {
        foreach (TextPiece piece in _splitters.Split(text, isFirst))
        {
            _model.Encode(piece.Span, ids);
        }
    }

    private string Normalize(string text)
    {
        foreach (INormalizer normalizer in _parts.Normalizers)
        {
            text = normalizer.Normalize(text);
        }

        return text;
    }
}
