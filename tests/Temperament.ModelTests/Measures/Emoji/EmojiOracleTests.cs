using System.Globalization;
using System.Text.Json;
using Temperament.Measures.Emoji;
using Xunit;

namespace Temperament.ModelTests.Measures.Emoji;

public class EmojiOracleTests
{
    [Fact]
    public void Every_line_has_the_emoji_emoticons_and_kaomoji_of_the_oracle()
    {
        string[] wrong = [.. OracleFiles.Lines(OracleFiles.Golden("emoji/lines.jsonl")).Select(Difference).Where(text => text.Length > 0)];

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_text_has_the_sentences_and_both_ratios_of_the_oracle()
    {
        foreach (JsonElement line in OracleFiles.Lines(OracleFiles.Golden("emoji/sentences.jsonl")))
        {
            string text = line.GetProperty("text").GetString()!;
            Sentence[] expected =
            [
                .. line.GetProperty("sentences").EnumerateArray()
                    .Select(s => new Sentence(s.GetProperty("text").GetString()!, s.GetProperty("emoji").GetInt32())),
            ];

            Assert.Equal(expected, SentenceSplitter.Split(text));

            EmojiSentenceRatio ratio = EmojiSentenceRatio.Of(text);
            Assert.Equal(Nullable(line, "esr_with"), ratio.ShareOfSentences.HasValue ? ratio.ShareOfSentences.Value : null);
            Assert.Equal(Nullable(line, "esr_count"), ratio.EmojiPerSentence.HasValue ? ratio.EmojiPerSentence.Value : null);
        }
    }

    [Fact]
    public void Every_line_of_emoji_test_counts_as_the_oracle_says()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(OracleFiles.Golden("emoji/emoji-test-zero.json")));
        HashSet<string> zero = [.. Strings(document.RootElement).Select(Normalise)];
        int lines = 0, zeros = 0;
        foreach ((string codePoints, string status) in EmojiTest())
        {
            string text = Text(codePoints);
            IReadOnlyList<EmojiMatch> found = EmojiScanner.Scan(text);
            int expected = zero.Contains(Normalise(codePoints)) || zero.Contains(text) ? 0 : 1;

            Assert.True(found.Count == expected, $"{codePoints} ({status}): {found.Count} instead of {expected}");
            Assert.All(found, match => Assert.Equal(text, match.Text));
            Assert.All(found, match => Assert.Equal(status == "component", match.Kind == EmojiKind.Component));
            lines++;
            zeros += 1 - expected;
        }

        Assert.Equal((5225, 207), (lines, zeros));
    }

    [Fact]
    public void The_table_is_the_one_that_follows_from_emoji_test()
    {
        SortedSet<int> alone = [], withSelector = [], components = [];
        foreach ((string codePoints, string status) in EmojiTest())
        {
            int[] points = [.. codePoints.Split(' ').Select(hex => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            if (status == "component")
            {
                components.Add(points[0]);
            }
            else if (status == "fully-qualified" && points.Length == 1)
            {
                alone.Add(points[0]);
            }
            else if (status == "fully-qualified" && points is [_, 0xFE0F])
            {
                withSelector.Add(points[0]);
            }
        }

        Assert.Equal(Ranges(alone), Words(EmojiTable.EmojiPresentationRanges));
        Assert.Equal(Ranges(withSelector), Words(EmojiTable.TextPresentationRanges));
        Assert.Equal(Ranges(components), Words(EmojiTable.ComponentRanges));
    }

    private static string Difference(JsonElement line)
    {
        string text = line.GetProperty("text").GetString()!;
        EmojiMatch[] expected =
        [
            .. line.GetProperty("emoji").EnumerateArray().Select(e => new EmojiMatch(
                e.GetProperty("start_utf16").GetInt32(), e.GetProperty("text").GetString()!, Kind(e.GetProperty("kind").GetString()!))),
        ];
        EmojiMatch[] found = [.. EmojiScanner.Scan(text)];
        EmoticonMatch[] faces = [.. EmoticonScanner.Scan(text)];
        bool same = expected.SequenceEqual(found)
            && line.GetProperty("count").GetInt32() == EmojiScanner.Count(text)
            && line.GetProperty("components").GetInt32() == found.Count(match => !match.IsEmoji)
            && line.GetProperty("distinct").GetInt32() == found.Where(match => match.IsEmoji).Select(match => match.Text).Distinct().Count()
            && Faces(line, "emoticons", false).SequenceEqual(faces.Where(face => !face.IsKaomoji))
            && Faces(line, "kaomoji", true).SequenceEqual(faces.Where(face => face.IsKaomoji));
        return same ? "" : $"{line.GetProperty("n")} {text}: {string.Join(" ", found)} / {string.Join(" ", faces)}";
    }

    private static EmoticonMatch[] Faces(JsonElement line, string name, bool kaomoji) =>
        [.. line.GetProperty(name).EnumerateArray().Select(face => new EmoticonMatch(face[0].GetInt32(), face[1].GetString()!, kaomoji))];

    private static EmojiKind Kind(string name) => name == "zwj" ? EmojiKind.ZeroWidthJoined : Enum.Parse<EmojiKind>(name, true);

    private static double? Nullable(JsonElement line, string name) =>
        line.GetProperty(name).ValueKind == JsonValueKind.Null ? null : line.GetProperty(name).GetDouble();

    private static IEnumerable<(string CodePoints, string Status)> EmojiTest() =>
        File.ReadLines(OracleFiles.Shared("data/emoji/emoji-test.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('#')[0].Split(';'))
            .Select(parts => (parts[0].Trim(), parts[1].Trim()));

    private static string Text(string codePoints) =>
        string.Concat(codePoints.Split(' ').Select(hex => char.ConvertFromUtf32(int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));

    private static string Normalise(string codePoints) => codePoints.Trim().ToUpperInvariant().Replace("U+", "", StringComparison.Ordinal);

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Strings(property.Value)),
        _ => [],
    };

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string[] Ranges(SortedSet<int> points)
    {
        var ranges = new List<(int Start, int End)>();
        foreach (int point in points)
        {
            if (ranges.Count > 0 && ranges[^1].End == point - 1)
            {
                ranges[^1] = (ranges[^1].Start, point);
            }
            else
            {
                ranges.Add((point, point));
            }
        }

        return [.. ranges.Select(range => range.Start == range.End ? $"{range.Start:X}" : $"{range.Start:X}-{range.End:X}")];
    }
}
