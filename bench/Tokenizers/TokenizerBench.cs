using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Text;

namespace Temperament.Benchmarks.Tokenizers;

/// <summary>Text to tokens on one thread, each kind of vocabulary: a tokenizer that sees the text for the first time, and one that knows its words.</summary>
internal static class TokenizerBench
{
    private const double Must = 5;
    private const int Rounds = 7, WarmUps = 40;

    private static readonly (string Kind, string[] Places)[] Vocabularies =
    [
        ("byte-level pairs", ["../shared/oracles/tokenizers/smollm2/tokenizer.json", "tests/golden/tokenizers/bpe-llama3/tokenizer.json"]),
        ("SentencePiece pairs", ["../shared/oracles/vocab/ggml-vocab-llama-spm.gguf", "tests/golden/tokenizers/spbpe-llama2/tokenizer.json"]),
        ("WordPiece", ["../shared/oracles/tokenizers/minilm/tokenizer.json", "tests/golden/tokenizers/wordpiece-uncased/tokenizer.json"]),
        ("unigram", ["../shared/oracles/tokenizers/unigram-xlmr/tokenizer.json", "tests/golden/tokenizers/unigram-plain/tokenizer.json"]),
    ];

    /// <summary>Measures and prints; fails where a vocabulary is slower than it must be.</summary>
    public static int Run(BenchOptions options)
    {
        string root = Root();
        string text = options.Filter.Length > 0 ? File.ReadAllText(options.Filter) : Corpus(root);
        double megabytes = Encoding.UTF8.GetByteCount(text) / 1e6;
        Console.WriteLine(FormattableString.Invariant($"{megabytes:F2} MB of text, one thread; must reach {Must} MB/s"));
        Console.WriteLine($"{"vocabulary",-20} {"tokens",9} {"first MB/s",11} {"again MB/s",11}  mark");
        bool slow = false;
        foreach ((string kind, string[] places) in Vocabularies)
        {
            string path = places.Select(p => Path.Combine(root, p)).First(File.Exists);
            (int tokens, double first, double again) = Measure(() => Load(path), text);
            (first, again) = (megabytes / first, megabytes / again);
            slow |= first < Must;
            Console.WriteLine(FormattableString.Invariant(
                $"{kind,-20} {tokens,9} {first,11:F1} {again,11:F1}  {(first >= Must ? "reached" : "MISSED")}  {Path.GetRelativePath(root, path)}"));
        }

        return slow ? 1 : 0;
    }

    // A first pass is that of a fresh tokenizer, whose cache of words is empty; the code has been compiled by others before.
    private static (int Tokens, double First, double Again) Measure(Func<Tokenizer> load, string text)
    {
        Tokenizer warm = load();
        int[] expected = warm.EncodeSpans(text).Ids;
        for (int i = 0; i < WarmUps; i++)
        {
            if (!warm.Encode(text).AsSpan().SequenceEqual(expected))
            {
                throw new InvalidOperationException("The ids differ from those that come with spans; no time is printed for wrong ids.");
            }
        }

        double[] first = new double[Rounds], again = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            Tokenizer fresh = load();
            first[round] = Time(fresh, text);
            again[round] = Time(fresh, text);
        }

        return (expected.Length, first.Order().ElementAt(Rounds / 2), again.Order().ElementAt(Rounds / 2));
    }

    private static double Time(Tokenizer tokenizer, string text)
    {
        long start = Stopwatch.GetTimestamp();
        tokenizer.Encode(text);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Tokenizer Load(string path)
    {
        if (Path.GetExtension(path) == ".gguf")
        {
            using GgufFile file = GgufFile.Open(path);
            return Tokenizer.FromGguf(file);
        }

        return Tokenizer.FromJson(File.ReadAllBytes(path), name: path);
    }

    // The English documents of the corpus that the small vocabularies were learned from.
    private static string Corpus(string root)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "tests", "golden", "tokenizers", "corpus.json")));
        return string.Join('\n', json.RootElement.EnumerateArray().Select(d => d.GetString()!).Where(d => Ascii.IsValid(d)));
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Temperament.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The benchmark runs outside of the repository.");
    }
}
