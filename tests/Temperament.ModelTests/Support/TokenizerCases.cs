using System.Text;
using System.Text.Json;
using Temperament.Models.Text;
using Xunit;

namespace Temperament.ModelTests.Support;

/// <summary>Compares a tokenizer with the lines of a reference file; a failure shows how many lines differ and the first few.</summary>
internal static class TokenizerCases
{
    public static void Check(Tokenizer tokenizer, string path)
    {
        var wrong = new List<string>();
        int lines = 0;
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement c = json.RootElement;
            string text = c.GetProperty("text").GetString()!;
            lines++;
            if (c.TryGetProperty("ids", out JsonElement with))
            {
                Compare("ids", Ids(with), tokenizer.Encode(text, addSpecialTokens: true));
                Compare("decoded", c.GetProperty("decoded").GetString(), tokenizer.Decode(Ids(with), skipSpecialTokens: true));
                Compare("decoded_special", c.GetProperty("decoded_special").GetString(), tokenizer.Decode(Ids(with)));
                TokenizedText located = tokenizer.EncodeSpans(text, addSpecialTokens: true);
                Compare("ids with spans", Ids(with), located.Ids);
                Compare("offsets", Ids(c.GetProperty("offsets")), Offsets(text, located.Spans));
            }

            int[] plain = Ids(c.GetProperty("ids_plain"));
            Compare("ids_plain", plain, tokenizer.Encode(text));
            Compare("decoded_plain", c.GetProperty("decoded_plain").GetString(), tokenizer.Decode(plain));
            int[] split = c.TryGetProperty("ids_split_special", out JsonElement other) ? Ids(other) : plain;
            Compare("ids_split_special", split, tokenizer.Encode(text, parseSpecial: false));

            void Compare(string what, object? expected, object? actual)
            {
                string a = JsonSerializer.Serialize(expected), b = JsonSerializer.Serialize(actual);
                if (a != b)
                {
                    wrong.Add($"{c.GetProperty("n")} {JsonSerializer.Serialize(text)} {what}: expected {a}, was {b}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences in {lines} lines of {path}:\n{string.Join('\n', wrong.Take(8))}");
    }

    /// <summary>The lines that SentencePiece itself gives, which takes control pieces in the text for text.</summary>
    public static void CheckPieces(Tokenizer tokenizer, string path)
    {
        var wrong = new List<string>();
        int lines = 0;
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement c = json.RootElement;
            string text = c.GetProperty("text").GetString()!;
            int[] ids = Ids(c.GetProperty("ids_plain"));
            TokenizedText located = tokenizer.EncodeSpans(text, parseSpecial: false);
            lines++;
            Compare("ids", ids, tokenizer.Encode(text, parseSpecial: false));
            Compare("ids with spans", ids, located.Ids);
            Compare("offsets", Ids(c.GetProperty("offsets")), Offsets(text, located.Spans));
            Compare("decoded", c.GetProperty("decoded_plain").GetString(), tokenizer.Decode(ids));

            void Compare(string what, object? expected, object? actual)
            {
                string a = JsonSerializer.Serialize(expected), b = JsonSerializer.Serialize(actual);
                if (a != b)
                {
                    wrong.Add($"{c.GetProperty("n")} {JsonSerializer.Serialize(text)} {what}: expected {a}, was {b}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences in {lines} lines of {path}:\n{string.Join('\n', wrong.Take(8))}");
    }

    // Flat starts and ends in code points, as the reference writes them.
    private static IEnumerable<int> Offsets(string text, TextSpan[] spans) =>
        spans.SelectMany(s => new[] { CountCharacters(text, s.Start), CountCharacters(text, s.End) });

    private static int CountCharacters(string text, int units) => units - text[..units].Count(char.IsLowSurrogate);

    /// <summary>Decodes token by token; sets without bytes have no such file.</summary>
    public static void CheckStreams(Tokenizer tokenizer, string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement c = json.RootElement;
            int[] ids = Ids(c.GetProperty("ids")), texts = Ids(c.GetProperty("text_utf8")), clusters = Ids(c.GetProperty("cluster_utf8"));
            string final = c.GetProperty("final").GetString()!;
            TextDecoder stream = tokenizer.NewStream(), byCluster = tokenizer.NewStream();
            string text = "", whole = "";
            for (int i = 0; i < ids.Length; i++)
            {
                text += stream.Append(ids[i]);
                whole += byCluster.AppendClusters(ids[i]);
                Assert.Equal(c.GetProperty("token_bytes")[i].GetString(), Convert.ToHexStringLower(tokenizer.TokenBytes(ids[i])));
                Assert.Equal((line, i, texts[i]), (line, i, Encoding.UTF8.GetByteCount(text)));
                Assert.Equal((line, i, clusters[i]), (line, i, Encoding.UTF8.GetByteCount(whole)));
            }

            Assert.Equal(final, text + stream.Flush());
            Assert.Equal(final, whole + byCluster.Flush());
            Assert.Equal(final, tokenizer.Decode(ids));
        }
    }

    private static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt32())];
}
