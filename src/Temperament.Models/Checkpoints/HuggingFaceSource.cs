using System.Globalization;
using System.Text;
using System.Text.Json;
using Temperament.Models.Checkpoints.Families;
using Temperament.Models.Documents;
using Temperament.Models.Text;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints;

/// <summary>
/// A Hugging Face checkpoint: <c>config.json</c>, one or several safetensors files, <c>tokenizer.json</c> and what goes with it. Layers
/// that bitsandbytes stored in NF4 are read as they are.
/// </summary>
public sealed class HuggingFaceSource : ModelSource
{
    private const string ConfigName = "config.json";

    private readonly ICheckpointFiles _files;
    private readonly Dictionary<string, SafetensorsFile> _shards = [];
    private readonly Dictionary<string, string> _shardOf = [];
    private readonly int[] _eos;

    private static readonly string[] BlockNames = ["model.layers.", "layers.", "transformer.h.", "h."];

    /// <summary>Opens a checkpoint; headers are read and checked, weights are not.</summary>
    /// <param name="files">Its files.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged, or the architecture is not known.</exception>
    public HuggingFaceSource(ICheckpointFiles files)
        : base(files?.Describe(string.Empty) ?? throw new ArgumentNullException(nameof(files)),
            DecoderFamilies.Read(files.Describe(ConfigName), files.ReadAll(ConfigName)))
    {
        _files = files;
        _eos = ReadEos();
        foreach (string shard in WeightFiles.Find(files))
        {
            SafetensorsFile file = files.OpenSafetensors(shard);
            _shards.Add(shard, file);
            foreach (string name in file.Tensors.Keys)
            {
                if (!_shardOf.TryAdd(name, shard))
                {
                    throw new CheckpointException(Path, $"{name} in {_shardOf[name]} and in {shard}", "each weight once",
                        "Files of two versions of the model lie in one folder; fetch it again.");
                }

                RequireLayer(file, name);
            }
        }
    }

    // Layers that the configuration does not count would be left out in silence, and another model would answer.
    private void RequireLayer(SafetensorsFile file, string name)
    {
        string? block = BlockNames.FirstOrDefault(start => name.StartsWith(start, StringComparison.Ordinal));
        if (block is not null && int.TryParse(name[block.Length..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && layer >= Config.Layers)
        {
            throw new CheckpointException(file.Path, $"{name}, a weight of layer {layer}", $"layers from 0 to {Config.Layers - 1}, as config.json says",
                "Weights and configuration are of different models.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> EosTokens => _eos;

    /// <summary>The files of the checkpoint.</summary>
    public ICheckpointFiles Files => _files;

    /// <inheritdoc/>
    public override IReadOnlyList<StoredWeight> StoredWeights => [.. _shards.Values.SelectMany(StoredWeight.Of)];

    /// <inheritdoc/>
    public override bool HasTokenizer => _files.Exists("tokenizer.json") || _files.Exists("tokenizer.model");

    /// <inheritdoc/>
    public override Tensor LoadWeight(string name)
    {
        if (LoadQuantized(name) is { Nf4: { } quantized })
        {
            Tensor dense = Tensor.Zeros(quantized.Outputs, quantized.Inputs);
            Nf4.Dequantize(quantized, dense, Pool);
            return dense;
        }

        string stored = StoredName(name);
        SafetensorsFile file = ShardOf(name);
        (int rows, int columns) = WeightShapes.Of(Config, name);
        bool transposed = Config.Layout.StoresTransposed(name);
        Tensor tensor = file.ReadWeight(stored, Pool);
        if (tensor.Rows != (transposed ? columns : rows) || tensor.Columns != (transposed ? rows : columns))
        {
            throw WrongShape(file, stored, transposed ? columns : rows, transposed ? rows : columns);
        }

        return transposed ? Transpose(tensor) : tensor;
    }

    /// <inheritdoc/>
    public override WeightFormat FormatOf(string name) => IsNf4(name) ? WeightFormat.Nf4
        : WeightShapes.Of(Config, name).Rows > 1 && ShardOf(name).Entry(StoredName(name)).Dtype == "BF16" ? WeightFormat.Bf16
        : WeightFormat.F32;

    /// <inheritdoc/>
    public override Bf16Matrix LoadBf16(string name)
    {
        string stored = StoredName(name);
        if (LoadQuantized(name) is not null || Config.Layout.StoresTransposed(name) || ShardOf(name).Entry(stored).Dtype != "BF16")
        {
            return base.LoadBf16(name);
        }

        SafetensorsFile file = ShardOf(name);
        (int rows, int columns) = WeightShapes.Of(Config, name);
        Bf16Matrix matrix = file.ReadBf16(stored, Pool);
        return matrix.Outputs == rows && matrix.Inputs == columns ? matrix : throw WrongShape(file, stored, rows, columns);
    }

    /// <inheritdoc/>
    public override void LoadNf4Into(string name, Nf4Matrix into, ComputePool pool)
    {
        // Where a weight is not finite, reading it tells which one.
        string stored = StoredName(name);
        if (LoadQuantized(name) is not null || Config.Layout.StoresTransposed(name)
            || ShardOf(name).Entry(stored) is not { Dtype: "BF16", Length: <= int.MaxValue }
            || !ShardOf(name).QuantizeBf16Into(stored, into, pool))
        {
            base.LoadNf4Into(name, into, pool);
        }
    }

    /// <inheritdoc/>
    public override WeightMatrix? LoadQuantized(string name)
    {
        if (!IsNf4(name))
        {
            return null;
        }

        (int rows, int columns) = WeightShapes.Of(Config, name);
        return WeightMatrix.FromNf4(BitsAndBytesLayer.Read(ShardOf(name), name, rows, columns));
    }

    /// <inheritdoc/>
    protected override Tokenizer ReadTokenizer()
    {
        ReadOnlyMemory<byte> config = _files.Exists("tokenizer_config.json") ? _files.ReadAll("tokenizer_config.json") : default;
        if (_files.Exists("tokenizer.json"))
        {
            return Tokenizer.FromJson(_files.ReadAll("tokenizer.json"), config, _files.Describe("tokenizer.json"));
        }

        return _files.Exists("tokenizer.model")
            ? Tokenizer.FromSentencePiece(_files.ReadAll("tokenizer.model"), config, _files.Describe("tokenizer.model"))
            : throw new CheckpointException(Path, "no tokenizer.json and no tokenizer.model", "the tokenizer beside the weights",
                "Copy one of them from the model's page into the folder.");
    }

    /// <inheritdoc/>
    protected override ChatTemplate? ReadTemplate()
    {
        if (_files.Exists("chat_template.jinja"))
        {
            return ChatTemplate.Parse(Encoding.UTF8.GetString(_files.ReadAll("chat_template.jinja").Span), _files.Describe("chat_template.jinja"));
        }

        if (!_files.Exists("tokenizer_config.json"))
        {
            return null;
        }

        JsonElement root = Json(_files, "tokenizer_config.json");
        return root.TryGetProperty("chat_template", out JsonElement template) && template.ValueKind == JsonValueKind.String
            ? ChatTemplate.Parse(template.GetString()!, _files.Describe("tokenizer_config.json"))
            : null;
    }

    /// <inheritdoc/>
    protected override string HashWeights() => WeightFiles.Hash(_shards.Values);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (SafetensorsFile file in _shards.Values)
        {
            file.Dispose();
        }
    }

    private static JsonElement Json(ICheckpointFiles files, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(files.ReadAll(name));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new JsonException($"{CheckpointJson.KindOf(document.RootElement)} stands where an object is due");
        }
        catch (JsonException e)
        {
            throw new CheckpointException(files.Describe(name), $"text that is no JSON object ({JsonFault.Describe(e)})", "a JSON object",
                "The file may be cut off; fetch it again.", e);
        }
    }

    private static Tensor Transpose(Tensor tensor)
    {
        Tensor turned = Tensor.Zeros(tensor.Columns, tensor.Rows);
        for (int r = 0; r < turned.Rows; r++)
        {
            for (int c = 0; c < turned.Columns; c++)
            {
                turned[r, c] = tensor[c, r];
            }
        }

        tensor.KeepAlive();
        return turned;
    }

    // Checkpoints that were saved without the output layer lack the first word of every name.
    private static CheckpointException WrongShape(SafetensorsFile file, string stored, int rows, int columns) => new(
        file.Path, $"{stored} of shape ({string.Join(", ", file.Tensors[stored].Shape)})", $"({rows}, {columns}) by {ConfigName}",
        "Weights and configuration are of different models.");

    private bool IsNf4(string name) => _shardOf.ContainsKey(name + ".quant_state.bitsandbytes__nf4");

    private string StoredName(string name) =>
        !_shardOf.ContainsKey(name) && name.Split('.', 2) is ["model" or "transformer", var rest] && _shardOf.ContainsKey(rest) ? rest : name;

    private SafetensorsFile ShardOf(string name) => _shardOf.TryGetValue(StoredName(name), out string? shard)
        ? _shards[shard]
        : throw new CheckpointException(Path, $"{_shardOf.Count} weights, none of them {name}", $"a weight {name}",
            "The checkpoint is incomplete, or of another architecture than its configuration says.");

    private int[] ReadEos()
    {
        foreach (string file in new[] { "generation_config.json", ConfigName })
        {
            if (_files.Exists(file) && Json(_files, file).TryGetProperty("eos_token_id", out JsonElement eos))
            {
                if (eos.ValueKind == JsonValueKind.Number)
                {
                    return [eos.GetInt32()];
                }

                if (eos.ValueKind == JsonValueKind.Array)
                {
                    return [.. eos.EnumerateArray().Select(e => e.GetInt32())];
                }
            }
        }

        return [];
    }
}
