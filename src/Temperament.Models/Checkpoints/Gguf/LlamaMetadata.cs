using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Reads the shape of a decoder from the metadata of a GGUF file.</summary>
internal static class LlamaMetadata
{
    private const string Known = "llama";
    private const int Most = 1 << 26;

    public static DecoderConfig Read(GgufFile file)
    {
        string architecture = file.GetString("general.architecture");
        if (file.FindString("general.type") is { } type && type != "model")
        {
            throw Wrong(file, $"a file of type {type}", "a whole model", "Give the model that this file belongs to.");
        }

        if (architecture != Known)
        {
            throw Wrong(file, $"architecture {architecture}", Known, "Models of this architecture are not computed here.");
        }

        int hidden = Integer(file, "llama.embedding_length"), heads = Integer(file, "llama.attention.head_count");
        int size = Integer(file, "llama.attention.key_length", Math.Max(1, hidden / heads));
        int positions = Integer(file, "llama.context_length", 2048);
        double theta = Number(file, "llama.rope.freq_base", 10000);
        var config = new DecoderConfig
        {
            VocabularySize = Integer(file, "llama.vocab_size", Rows(file)),
            HiddenSize = hidden,
            FeedForwardSize = Integer(file, "llama.feed_forward_length"),
            Layers = Integer(file, "llama.block_count"),
            Heads = heads,
            KeyValueHeads = Integer(file, "llama.attention.head_count_kv", heads),
            HeadSize = size,
            RmsNormEps = (float)Number(file, "llama.attention.layer_norm_rms_epsilon", 1e-5),
            RopeTheta = theta,
            RopeScaling = GgufRopeScaling.Read(file, size, theta, positions),
            MaxPositions = positions,
            TiedEmbeddings = !file.Tensors.ContainsKey(LlamaNames.Head),
        };
        Check(file, config);
        return config;
    }

    private static void Check(GgufFile file, DecoderConfig config)
    {
        if (config.Heads % config.KeyValueHeads != 0 || config.HeadSize % 2 != 0)
        {
            throw Wrong(file, $"{config.Heads} heads, {config.KeyValueHeads} key-value heads of size {config.HeadSize}",
                "key-value heads that divide the heads, of an even size", "The metadata is damaged.");
        }

        foreach (string key in new[] { "llama.attention.value_length", "llama.rope.dimension_count" })
        {
            if (Integer(file, key, config.HeadSize) is int size && size != config.HeadSize)
            {
                throw Wrong(file, $"{key} {size}", $"{config.HeadSize}, the size of a head", "Heads of this kind are not computed here.");
            }
        }

        if (config.Layers > file.Tensors.Count)
        {
            throw Wrong(file, $"{config.Layers} blocks in {file.Tensors.Count} tensors", "nine tensors a block", "The metadata is damaged.");
        }

        var expected = new HashSet<string>(LlamaNames.All(config), StringComparer.Ordinal) { LlamaNames.RotaryFactors };
        if (file.Tensors.Keys.FirstOrDefault(name => !expected.Contains(name)) is { } other)
        {
            throw Wrong(file, $"a tensor {other}", "a Llama decoder without biases and experts", "Without this tensor the model would give other numbers.");
        }
    }

    private static int Rows(GgufFile file) => file.Tensors.TryGetValue(LlamaNames.Embedding, out GgufTensor? table)
        ? (int)Math.Min(table.Rows, int.MaxValue)
        : throw Wrong(file, $"{file.Tensors.Count} tensors, none of them {LlamaNames.Embedding}", "the embeddings of a model",
            "The file holds a vocabulary only, or a part of a model.");

    private static int Integer(GgufFile file, string key, int? otherwise = null)
    {
        long value = otherwise is int other ? file.FindInteger(key) ?? other : file.GetInteger(key);
        return value is > 0 and <= Most
            ? (int)value
            : throw Wrong(file, $"{key} = {value}", $"a whole number from 1 to {Most}", "The metadata is damaged.");
    }

    private static double Number(GgufFile file, string key, double otherwise)
    {
        double value = file.FindNumber(key) ?? otherwise;
        return value > 0 && double.IsFinite(value) ? value : throw Wrong(file, $"{key} = {value}", "a number above 0", "The metadata is damaged.");
    }

    private static CheckpointException Wrong(GgufFile file, string read, string expected, string hint) => new(file.Path, read, expected, hint);
}
