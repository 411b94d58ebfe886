using System.Text;

namespace Temperament.Models.Text;

/// <summary>
/// Decodes ids as they come. What is given out is certain: whole characters, never the front of one; an impossible byte gives U+FFFD as
/// soon as a later one proves it, an unfinished character at the end gives one U+FFFD.
/// </summary>
public sealed class TextDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly System.Text.Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private string _openCluster = "";
    private LeadingSpace _leading;

    internal TextDecoder(Tokenizer tokenizer, LeadingSpace leading)
    {
        _tokenizer = tokenizer;
        _leading = leading;
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="id">Id; one without a token gives nothing.</param>
    /// <returns>Text that became certain; often empty.</returns>
    public string Append(int id)
    {
        ReadOnlySpan<byte> bytes = _tokenizer.TokenBytes(id);
        if (bytes.IsEmpty)
        {
            return "";
        }

        if (_leading != LeadingSpace.Kept)
        {
            bytes = bytes[0] == (byte)' ' && !_tokenizer.HasSurface(id) ? bytes[1..] : bytes;
            _leading = _leading == LeadingSpace.DropsUntilText && bytes.IsEmpty ? _leading : LeadingSpace.Kept;
        }

        return Take(bytes, flush: false);
    }

    /// <summary>As <see cref="Append"/>, but holds text back until its last user-perceived character is known to be whole: an emoji of
    /// several code points comes in one go.</summary>
    /// <param name="id">Id.</param>
    public string AppendClusters(int id)
    {
        string text = _openCluster + Append(id);
        int last = GraphemeClusters.LastStart(text);
        _openCluster = text[last..];
        return text[..last];
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back.</returns>
    public string Flush()
    {
        string rest = _openCluster + Take([], flush: true);
        _openCluster = "";
        return rest;
    }

    private string Take(ReadOnlySpan<byte> bytes, bool flush)
    {
        // Four bytes may be pending from before.
        int most = Encoding.UTF8.GetMaxCharCount(bytes.Length + 4);
        Span<char> buffer = most <= 256 ? stackalloc char[256] : new char[most];
        int count = _utf8.GetChars(bytes, buffer, flush);
        return buffer[..count].ToString();
    }
}
