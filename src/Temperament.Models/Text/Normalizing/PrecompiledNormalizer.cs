using System.Text;

namespace Temperament.Models.Text.Normalizing;

/// <summary>
/// A character map as the Hugging Face library applies it: a cluster of fewer than six bytes that begins with a key is replaced as a whole,
/// else each of its characters is looked for.
/// </summary>
internal sealed class PrecompiledNormalizer(CharacterMap map) : INormalizer
{
    private const int ClusterLimit = 6;

    private readonly bool[] _keeps = [.. Enumerable.Range(0, 128).Select(c => Keeps(map, (byte)c))];

    /// <inheritdoc/>
    public SourceText Normalize(SourceText source)
    {
        var rewriter = new MapRewriter(source);
        ReadOnlySpan<char> text = source.Text;
        Span<byte> bytes = stackalloc byte[ClusterLimit];
        for (int at = 0; at < text.Length;)
        {
            // An ASCII character before another is a cluster of its own.
            if (text[at] < 128 && _keeps[text[at]] && (at + 1 == text.Length || text[at + 1] < 128))
            {
                rewriter.Keep(text[at++]);
                continue;
            }

            int length = GraphemeClusters.NextLength(text[at..]);
            ReadOnlySpan<char> cluster = text.Slice(at, length);
            at += length;
            if (length < ClusterLimit && Encoding.UTF8.TryGetBytes(cluster, bytes, out int size) && size < ClusterLimit
                && map.Find(bytes[..size], longest: false, out int found) is var whole && found > 0)
            {
                rewriter.Replace(cluster, whole);
                continue;
            }

            for (int i = 0; i < cluster.Length;)
            {
                int point = CodePoints.At(cluster, i, out int units);
                ReadOnlySpan<char> character = cluster.Slice(i, units);
                i += units;
                int count = Encoding.UTF8.GetBytes(character, bytes);
                ReadOnlySpan<byte> replacement = map.Find(bytes[..count], longest: false, out found);
                if (found > 0)
                {
                    rewriter.Replace(character, replacement);
                }
                else
                {
                    rewriter.Keep(point);
                }
            }
        }

        return rewriter.Finish();
    }

    private static bool Keeps(CharacterMap map, byte character)
    {
        map.Find([character], longest: false, out int length);
        return length == 0 && character != '\r';
    }

    // Holds the last character back: what is removed behind it counts as its own.
    private sealed class MapRewriter(SourceText source)
    {
        private readonly TextRewriter _rewriter = new(source);
        private (int Point, int Change)? _last;

        public void Keep(int point) => Put(point, 0);

        public void Replace(ReadOnlySpan<char> old, ReadOnlySpan<byte> replacement)
        {
            int difference = -CodePoints.Count(old);
            string text = Encoding.UTF8.GetString(replacement);
            for (int at = 0; at < text.Length;)
            {
                int point = CodePoints.At(text, at, out int length);
                at += length;
                Put(point, ++difference > 0 ? 1 : 0);
            }

            if (difference < 0 && _last is { } last)
            {
                _last = (last.Point, last.Change + difference);
            }
        }

        public SourceText Finish()
        {
            Flush();
            return _rewriter.Finish();
        }

        private void Put(int point, int change)
        {
            Flush();
            _last = (point, change);
        }

        private void Flush()
        {
            if (_last is { } last)
            {
                _rewriter.Put(last.Point, last.Change);
            }
        }
    }
}
