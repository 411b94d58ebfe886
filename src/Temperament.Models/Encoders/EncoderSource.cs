using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Text;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Encoders;

/// <summary>A Hugging Face folder of an encoder: <c>config.json</c>, safetensors files and the tokenizer.</summary>
internal sealed class EncoderSource : IDisposable
{
    // Rows of one pass: enough to keep the threads busy, few enough for the caches.
    private const int PassRows = 1024;

    private readonly CheckpointFolder _files;
    private readonly List<SafetensorsFile> _shards = [];
    private readonly Lazy<Tokenizer> _tokenizer;

    private EncoderSource(CheckpointFolder files)
    {
        _files = files;
        Config = EncoderFamilies.Read(files.Describe("config.json"), files.ReadAll("config.json"));
        foreach (string shard in WeightFiles.Find(files))
        {
            _shards.Add(files.OpenSafetensors(shard));
        }

        _tokenizer = new Lazy<Tokenizer>(() => Tokenizer.FromJson(
            files.ReadAll("tokenizer.json"),
            files.Exists("tokenizer_config.json") ? files.ReadAll("tokenizer_config.json") : default,
            files.Describe("tokenizer.json")));
    }

    public EncoderConfig Config { get; }

    public Tokenizer Tokenizer => _tokenizer.Value;

    public bool HasTokenizer => _files.Exists("tokenizer.json");

    public IReadOnlyList<StoredWeight> StoredWeights => [.. _shards.SelectMany(StoredWeight.Of)];

    public string HashWeights() => WeightFiles.Hash(_shards);

    public static EncoderSource Open(string folder) => new(new CheckpointFolder(folder));

    /// <summary>Cuts a list of texts into passes of some 1,000 rows, in their order.</summary>
    public static IEnumerable<EncoderInput[]> Parts(IReadOnlyList<EncoderInput> inputs)
    {
        var part = new List<EncoderInput>();
        int rows = 0;
        foreach (EncoderInput input in inputs)
        {
            if (rows > 0 && rows + input.Tokens.Length > PassRows)
            {
                yield return [.. part];
                part.Clear();
                rows = 0;
            }

            part.Add(input);
            rows += input.Tokens.Length;
        }

        if (part.Count > 0)
        {
            yield return [.. part];
        }
    }

    /// <summary>The tokens of a text with those around it; a text that is too long loses its end, not its last special tokens.</summary>
    public EncoderInput Encode(string text)
    {
        int[] ids = Tokenizer.Encode(text, addSpecialTokens: true), bare = Tokenizer.Encode(text);
        int over = ids.Length - Config.MaxTokens;
        if (over <= 0)
        {
            return new EncoderInput(ids);
        }

        int after = ids.Length - bare.Length - ids.AsSpan().IndexOf(bare);
        return new EncoderInput([.. ids[..^(after + over)], .. ids[^after..]]);
    }

    /// <summary>Reads a parameter under any of the names that checkpoints give it.</summary>
    public Parameter Load(string name, int rows, int columns)
    {
        foreach (string stored in Spellings(name))
        {
            if (_shards.Find(file => file.Tensors.ContainsKey(stored)) is { } file)
            {
                Tensor tensor = file.ReadWeight(stored, pool: null);
                return tensor.Rows == rows && tensor.Columns == columns
                    ? new Parameter(stored, tensor)
                    : throw new CheckpointException(file.Path, $"{stored} of shape ({string.Join(", ", file.Tensors[stored].Shape)})",
                        $"({rows}, {columns}) by config.json", "Weights and configuration are of different models.");
            }
        }

        throw new CheckpointException(_files.Describe(string.Empty), $"{_shards.Sum(s => s.Tensors.Count)} weights, none of them {name}", $"a weight {name}",
            "The checkpoint is incomplete, or of another architecture than its configuration says.");
    }

    /// <summary>Refuses a folder of sentence-transformers that asks for anything but the mean.</summary>
    public void RequireMeanPooling()
    {
        string path = Path.Combine(_files.Describe("1_Pooling"), "config.json");
        if (!File.Exists(path))
        {
            return;
        }

        CheckpointJson pooling = CheckpointJson.Parse(path, InputFile.ReadAll(path, 1 << 20));
        string[] others = ["pooling_mode_cls_token", "pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens", "pooling_mode_lasttoken"];
        if (!pooling["pooling_mode_mean_tokens"].BoolOr(true) || others.Any(other => pooling[other].BoolOr(false)))
        {
            throw new CheckpointException(path, "a pooling other than the mean", "pooling_mode_mean_tokens alone", "Other embeddings would come out.");
        }
    }

    public void Dispose()
    {
        foreach (SafetensorsFile shard in _shards)
        {
            shard.Dispose();
        }
    }

    // With and without the prefix of a classifier; early checkpoints call scale and shift of a norm gamma and beta.
    private IEnumerable<string> Spellings(string name)
    {
        string bare = name.StartsWith(Config.Layout.Prefix, StringComparison.Ordinal) ? name[Config.Layout.Prefix.Length..] : name;
        foreach (string spelling in new[] { name, bare })
        {
            yield return spelling;
            yield return spelling.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
                .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        }
    }
}
