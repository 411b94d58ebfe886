using System.Buffers;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Decoder;
using Temperament.Models.Text;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>
/// Writes random checkpoints of the shape of known models, for trying and measuring: weights of deviation 0.02, norms of 1, and a tokenizer
/// of single bytes. Nothing is in memory but a window of a few megabytes.
/// </summary>
public static class RandomCheckpoint
{
    private const double Deviation = 0.02;
    private const long WindowBytes = 1 << 24;

    private static readonly Dictionary<string, DecoderConfig> Known = new(StringComparer.Ordinal)
    {
        ["llama-2-7b"] = Shape(32000, 4096, 11008, 32, 32, 32, 128, 4096, 10000, 1e-5f, tied: false),
        ["llama-3.2-1b"] = Shape(128256, 2048, 8192, 16, 32, 8, 64, 131072, 500000, 1e-5f, tied: true),
        ["tinyllama-1.1b"] = Shape(32000, 2048, 5632, 22, 32, 4, 64, 2048, 10000, 1e-5f, tied: false),
        ["smollm2-135m"] = Shape(49152, 576, 1536, 30, 9, 3, 64, 8192, 100000, 1e-5f, tied: true),
        ["smollm2-360m"] = Shape(49152, 960, 2560, 32, 15, 5, 64, 8192, 100000, 1e-5f, tied: true),
        ["llama2c-15m"] = Shape(32000, 288, 768, 6, 6, 6, 48, 256, 10000, 1e-5f, tied: true),
        ["tiny"] = Shape(512, 64, 192, 2, 4, 2, 16, 256, 10000, 1e-5f, tied: false),
    };

    /// <summary>Names of the shapes.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The shape of a known model.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static DecoderConfig ShapeOf(string name) => Known[name];

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">Folder; made if it is not there.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="stored">F32, F16 or BF16.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="progress">Told after each window how many bytes are written of how many; null for nobody.</param>
    public static void Write(string folder, string name, long seed, StoredAs stored, ComputePool pool, Action<long, long>? progress = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(pool);
        DecoderConfig config = Known[name];
        Directory.CreateDirectory(folder);
        GgufType type = WeightRounding.InFolder(stored);
        string dtype = type switch { GgufType.F32 => "F32", GgufType.F16 => "F16", _ => "BF16" };
        long done = 0, total = config.ParameterCount * SafetensorsEntry.ElementSize(dtype);
        ShardWriter.Write(folder, [.. WeightShapes.All(config).OrderBy(slot => slot.Name, StringComparer.Ordinal).Select(slot =>
            SafetensorsTensor.Streamed(slot.Name, dtype, slot.Shape, stream => WriteWeight(stream, slot, seed, type, pool, bytes =>
                progress?.Invoke(done += bytes, total))))], FolderWriter.ShardBytes);
        WriteText(folder, config, stored);
    }

    private static DecoderConfig Shape(
        int vocabulary, int hidden, int feedForward, int layers, int heads, int keyValueHeads, int headSize, int positions, double theta, float eps, bool tied) => new()
        {
            VocabularySize = vocabulary,
            HiddenSize = hidden,
            FeedForwardSize = feedForward,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            RmsNormEps = eps,
            RopeTheta = theta,
            MaxPositions = positions,
            TiedEmbeddings = tied,
        };

    private static void WriteWeight(Stream stream, WeightSlot slot, long seed, GgufType type, ComputePool pool, Action<long> written)
    {
        int rowBytes = GgufEncoding.RowBytes(type, slot.Columns);
        int window = (int)Math.Clamp(WindowBytes / rowBytes, 1, slot.Rows);
        var buffer = new byte[(long)window * rowBytes];
        for (int start = 0; start < slot.Rows; start += window)
        {
            int rows = Math.Min(window, slot.Rows - start);
            RowChunks.Run(pool, rows, slot.Columns, (first, count) =>
            {
                float[] row = ArrayPool<float>.Shared.Rent(slot.Columns);
                Span<float> values = row.AsSpan(0, slot.Columns);
                for (int r = first; r < first + count; r++)
                {
                    if (slot.IsVector)
                    {
                        values.Fill(1);
                    }
                    else
                    {
                        RandomWeights.Fill(seed, slot.Name, (long)(start + r) * slot.Columns, Deviation, values);
                    }

                    GgufEncoding.Encode(type, values, buffer.AsSpan(r * rowBytes, rowBytes));
                }

                ArrayPool<float>.Shared.Return(row);
            });
            stream.Write(buffer, 0, rows * rowBytes);
            written((long)rows * rowBytes);
        }
    }

    private static void WriteText(string folder, DecoderConfig config, StoredAs stored)
    {
        const int First = 256, Last = 257;
        AtomicFile.Write(Path.Combine(folder, "config.json"), JsonFile.Object(json => DecoderConfigWriter.Write(json, config, stored, First, [Last])));
        AtomicFile.Write(Path.Combine(folder, "generation_config.json"), JsonFile.Object(json => DecoderConfigWriter.WriteTokens(json, First, [Last])));
        AtomicFile.Write(Path.Combine(folder, "tokenizer_config.json"), JsonFile.Object(json =>
        {
            json.WriteString("bos_token", "<s>");
            json.WriteString("chat_template", "{% for m in messages %}{{ m.role }}: {{ m.content }}{% if m.role == 'assistant' %}</s>{% else %}\n{% endif %}{% endfor %}"
                + "{% if add_generation_prompt %}assistant: {% endif %}");
            json.WriteString("eos_token", "</s>");
            json.WriteNumber("model_max_length", config.MaxPositions);
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        }));
        AtomicFile.Write(Path.Combine(folder, "tokenizer.json"), JsonFile.Object(json =>
        {
            json.WriteString("version", "1.0");
            json.WriteStartArray("added_tokens");
            foreach ((int id, string content) in new[] { (First, "<s>"), (Last, "</s>") })
            {
                json.WriteStartObject();
                json.WriteNumber("id", id);
                json.WriteString("content", content);
                json.WriteBoolean("normalized", false);
                json.WriteBoolean("special", true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            foreach (string step in (string[])["pre_tokenizer", "decoder"])
            {
                json.WriteStartObject(step);
                json.WriteString("type", "ByteLevel");
                json.WriteBoolean("add_prefix_space", false);
                json.WriteBoolean("use_regex", true);
                json.WriteEndObject();
            }

            json.WriteStartObject("model");
            json.WriteString("type", "BPE");
            json.WriteStartObject("vocab");
            for (int b = 0; b < First; b++)
            {
                json.WriteNumber(ByteLevel.Character((byte)b).ToString(), b);
            }

            json.WriteEndObject();
            json.WriteStartArray("merges");
            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }
}
