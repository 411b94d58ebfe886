using System.Text.Json;
using Temperament.Tensors.Quantization;

namespace Temperament.Models.Checkpoints;

/// <summary>Reads one linear layer that bitsandbytes stored in NF4, with plain or nested scales, as transformers writes it.</summary>
internal static class BitsAndBytesLayer
{
    public static Nf4Matrix Read(SafetensorsFile file, string name, int rows, int columns)
    {
        (int blockSize, int nestedBlockSize, float offset) = State(file, name, rows, columns);
        if (blockSize != Nf4Matrix.BlockSize)
        {
            throw new CheckpointException(file.Path, $"{name} in blocks of {blockSize}", $"blocks of {Nf4Matrix.BlockSize}",
                "Quantise the model again with the usual block size.");
        }

        long count = (long)rows * columns, blocks = (count + blockSize - 1) / blockSize;
        ReadOnlySpan<byte> codes = file.Bytes(name);
        Require(file, name, codes.Length, (count + 1) / 2);
        string absmax = name + ".absmax";
        if (file.Entry(absmax).Dtype == "F32")
        {
            float[] scales = Finite(file, absmax);
            Require(file, absmax, scales.Length, blocks);
            return Nf4.FromStored(rows, columns, codes, scales);
        }

        float[] nested = Finite(file, name + ".nested_absmax");
        ReadOnlySpan<byte> scaleCodes = file.Bytes(absmax);
        Require(file, absmax, scaleCodes.Length, blocks);
        Require(file, name + ".nested_absmax", nested.Length, (blocks + nestedBlockSize - 1) / nestedBlockSize);
        if (!file.ReadFloats(name + ".nested_quant_map").AsSpan().SequenceEqual(Nf4Codebook.DynamicSigned))
        {
            throw new CheckpointException(file.Path, $"{name}.nested_quant_map with other levels", "the 256 levels of the signed dynamic type",
                "The scales would be read wrongly, so the checkpoint is refused.");
        }

        if (nestedBlockSize != Nf4Matrix.NestedBlockSize)
        {
            throw new CheckpointException(file.Path, $"{name} with nested blocks of {nestedBlockSize}",
                $"nested blocks of {Nf4Matrix.NestedBlockSize}", "Quantise the model again with the usual block size.");
        }

        return Nf4.FromStored(rows, columns, codes, scaleCodes, nested, offset);
    }

    private static (int BlockSize, int NestedBlockSize, float Offset) State(SafetensorsFile file, string name, int rows, int columns)
    {
        string state = name + ".quant_state.bitsandbytes__nf4";
        try
        {
            using JsonDocument document = JsonDocument.Parse(file.Bytes(state).ToArray());
            JsonElement root = document.RootElement;
            int[] shape = [.. root.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32())];
            if (shape is not [var r, var c] || r != rows || c != columns)
            {
                throw new CheckpointException(file.Path, $"{name} of shape ({string.Join(", ", shape)})", $"({rows}, {columns})",
                    "Weights and configuration are of different models.");
            }

            return (root.GetProperty("blocksize").GetInt32(),
                root.TryGetProperty("nested_blocksize", out JsonElement nested) ? nested.GetInt32() : Nf4Matrix.NestedBlockSize,
                root.TryGetProperty("nested_offset", out JsonElement offset) ? (float)offset.GetDouble() : 0);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException(file.Path, $"{state} that is no quantisation state", "the JSON that bitsandbytes writes",
                "The checkpoint is damaged.", e);
        }
    }

    private static float[] Finite(SafetensorsFile file, string name)
    {
        float[] scales = file.ReadFloats(name);
        int wrong = scales.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        return wrong < 0
            ? scales
            : throw new CheckpointException(file.Path, $"{name}[{wrong}] that is not finite", "finite scales", "The checkpoint is damaged.");
    }

    private static void Require(SafetensorsFile file, string name, long length, long expected)
    {
        if (length != expected)
        {
            throw new CheckpointException(file.Path, $"{length:N0} elements in {name}", $"{expected:N0}", "The checkpoint is damaged.");
        }
    }
}
