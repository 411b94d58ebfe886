using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>
/// Writes a checkpoint with the linear layers of its blocks in NF4, as transformers saves a model that bitsandbytes quantised. Layers are
/// read, packed and written one after the other, so a checkpoint of any size needs the memory of its largest weight.
/// </summary>
public static class QuantizedFolderWriter
{
    private const int Aligned = 8;

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">Folder; made if it is not there.</param>
    /// <param name="source">What is written.</param>
    /// <param name="doubleQuantize">Stores the scales in 8 bits too.</param>
    /// <param name="dense">Type of the weights that stay: embeddings, norms, the output layer.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="progress">Told after each weight how many weights are written of how many; null for nobody.</param>
    /// <exception cref="CheckpointException">A weight cannot be read, or layers are stored in a way that is not packed.</exception>
    public static void Write(
        string folder, ModelSource source, bool doubleQuantize, StoredAs dense, ComputePool pool, Action<long, long>? progress = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(pool);
        if (source.Config.Layout.IsTransposed)
        {
            throw new CheckpointException(source.Path, $"linear layers of family {source.Config.Family}, stored as (inputs, outputs)", "(outputs, inputs)",
                "Such models are small; load them with --quantize nf4.");
        }

        Directory.CreateDirectory(folder);
        source.Pool = pool;
        WeightSlot[] slots = [.. source.Weights.OrderBy(slot => slot.Name, StringComparer.Ordinal)];
        long total = slots.Sum(slot => slot.Count), done = 0;
        void Done(WeightSlot slot) => progress?.Invoke(done += slot.Count, total);
        GgufType type = WeightRounding.InFolder(dense);
        string dtype = type switch { GgufType.F32 => "F32", GgufType.F16 => "F16", _ => "BF16" };

        using var memory = new PackedMemory(doubleQuantize);

        // Parts whose length is no multiple of 8 stand last, so that everything before them is aligned.
        List<SafetensorsTensor> packed = [], rest = [], odd = [];
        foreach (WeightSlot slot in slots)
        {
            if (IsPacked(source, slot))
            {
                var layer = new PackedLayer(source, slot, memory, DecoderConfigWriter.TypeName(dense), pool, () => Done(slot));
                packed.AddRange(layer.Parts.Where(part => part.Length % Aligned == 0));
                odd.AddRange(layer.Parts.Where(part => part.Length % Aligned != 0));
            }
            else
            {
                rest.Add(SafetensorsTensor.Streamed(slot.Name, dtype, slot.Shape, stream =>
                {
                    WeightStream.Write(stream, folder, slot.Name, source.LoadWeight(slot.Name), type, pool);
                    Done(slot);
                }));
            }
        }

        AtomicFile.Write(Path.Combine(folder, "model.safetensors"), stream => SafetensorsWriter.WriteInOrder(
            stream, [.. packed, .. rest, .. odd.OrderByDescending(part => part.Length % 4 == 0)], new Dictionary<string, string> { ["format"] = "pt" }));
        TextFiles.Write(folder, source, dense, json => WriteSettings(json, doubleQuantize, dense));
        source.Pool = null;
    }

    /// <summary>Whether a weight is packed: the matrices of the blocks.</summary>
    /// <param name="source">Checkpoint.</param>
    /// <param name="slot">Weight.</param>
    public static bool IsPacked(ModelSource source, WeightSlot slot)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(slot);
        return !slot.IsVector && slot.Name.StartsWith(source.Config.Layout.Blocks, StringComparison.Ordinal);
    }

    private static void WriteSettings(Utf8JsonWriter json, bool doubleQuantize, StoredAs dense)
    {
        json.WriteBoolean("_load_in_4bit", true);
        json.WriteBoolean("_load_in_8bit", false);
        json.WriteString("bnb_4bit_compute_dtype", DecoderConfigWriter.TypeName(dense));
        json.WriteString("bnb_4bit_quant_storage", "uint8");
        json.WriteString("bnb_4bit_quant_type", "nf4");
        json.WriteBoolean("bnb_4bit_use_double_quant", doubleQuantize);
        json.WriteBoolean("llm_int8_enable_fp32_cpu_offload", false);
        json.WriteBoolean("llm_int8_has_fp16_weight", false);
        json.WriteNull("llm_int8_skip_modules");
        json.WriteNumber("llm_int8_threshold", 6.0);
        json.WriteBoolean("load_in_4bit", true);
        json.WriteBoolean("load_in_8bit", false);
        json.WriteString("quant_method", "bitsandbytes");
    }

    /// <summary>One matrix of each shape, into which the layers of that shape are packed in turn.</summary>
    private sealed class PackedMemory(bool isDouble) : IDisposable
    {
        private readonly Dictionary<(int Rows, int Columns), Nf4Matrix> _matrices = [];

        public bool IsDouble => isDouble;

        public Nf4Matrix Of(WeightSlot slot)
        {
            if (!_matrices.TryGetValue((slot.Rows, slot.Columns), out Nf4Matrix? matrix))
            {
                matrix = new Nf4Matrix(slot.Rows, slot.Columns, isDouble);
                _matrices.Add((slot.Rows, slot.Columns), matrix);
            }

            return matrix;
        }

        public void Dispose()
        {
            foreach (Nf4Matrix matrix in _matrices.Values)
            {
                matrix.Dispose();
            }
        }
    }

    /// <summary>The tensors of one packed layer. It is packed when the first of them is written.</summary>
    private sealed class PackedLayer
    {
        private readonly ModelSource _source;
        private readonly WeightSlot _slot;
        private readonly PackedMemory _memory;
        private readonly string _dtype;
        private readonly ComputePool _pool;
        private readonly Action _done;
        private readonly Dictionary<string, byte[]> _bytes = new(StringComparer.Ordinal);
        private bool _isPacked;

        public PackedLayer(ModelSource source, WeightSlot slot, PackedMemory memory, string dtype, ComputePool pool, Action done)
        {
            (_source, _slot, _memory, _dtype, _pool, _done) = (source, slot, memory, dtype, pool, done);
            long blocks = (slot.Count + Nf4Matrix.BlockSize - 1) / Nf4Matrix.BlockSize;
            Parts =
            [
                Part("", "U8", [(slot.Count + 1) / 2, 1]),
                memory.IsDouble ? Part(".absmax", "U8", [blocks]) : Part(".absmax", "F32", [blocks]),
                .. memory.IsDouble
                    ? (SafetensorsTensor[])[Part(".nested_absmax", "F32", [(blocks + Nf4Matrix.NestedBlockSize - 1) / Nf4Matrix.NestedBlockSize]),
                        Part(".nested_quant_map", "F32", [256])]
                    : [],
                Part(".quant_map", "F32", [16]),
                Part(".quant_state.bitsandbytes__nf4", "U8", [State(0).Length]),
            ];
        }

        public IReadOnlyList<SafetensorsTensor> Parts { get; }

        private SafetensorsTensor Part(string end, string dtype, long[] shape) => SafetensorsTensor.Streamed(_slot.Name + end, dtype, shape, stream =>
        {
            if (!_isPacked)
            {
                Pack();
            }

            stream.Write(_bytes[end]);
            _bytes.Remove(end);
        });

        private void Pack()
        {
            _isPacked = true;
            Nf4Matrix matrix = _memory.Of(_slot);
            _source.LoadNf4Into(_slot.Name, matrix, _pool);
            _bytes[""] = matrix.StoredCodes();
            _bytes[".quant_map"] = MemoryMarshal.AsBytes(Nf4Codebook.Levels).ToArray();
            _bytes[".quant_state.bitsandbytes__nf4"] = State(matrix.Offset);
            if (_memory.IsDouble)
            {
                AlignedBuffer<float> nested = matrix.NestedAbsMax!;
                _bytes[".absmax"] = matrix.StoredAbsMaxCodes();
                _bytes[".nested_absmax"] = MemoryMarshal.AsBytes(nested.Span(0, (int)nested.Length)).ToArray();
                _bytes[".nested_quant_map"] = MemoryMarshal.AsBytes(Nf4Codebook.DynamicSigned).ToArray();
            }
            else
            {
                _bytes[".absmax"] = MemoryMarshal.AsBytes<float>(matrix.StoredAbsMax()).ToArray();
            }

            _done();
        }

        // The length must be known before the offset is: spaces fill it up, which JSON allows.
        private byte[] State(float offset)
        {
            string state = string.Create(CultureInfo.InvariantCulture, $$"""
                {"quant_type": "nf4", "blocksize": {{Nf4Matrix.BlockSize}}, "dtype": "{{_dtype}}", "shape": [{{_slot.Rows}}, {{_slot.Columns}}]
                """);
            if (!_memory.IsDouble)
            {
                return Padded(state + "}", 0);
            }

            string nested = string.Create(CultureInfo.InvariantCulture, $", \"nested_blocksize\": {Nf4Matrix.NestedBlockSize}, \"nested_dtype\": \"float32\", \"nested_offset\": ");
            string number = ((double)offset).ToString("R", CultureInfo.InvariantCulture);
            return Padded($"{state}{nested}{number}}}", state.Length + nested.Length + LongestNumber + 1);
        }

        private static byte[] Padded(string text, int least) =>
            Encoding.ASCII.GetBytes(text.PadRight((Math.Max(text.Length, least) + Aligned - 1) / Aligned * Aligned));

        private const int LongestNumber = 25;
    }
}
