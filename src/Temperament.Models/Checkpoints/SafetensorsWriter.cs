using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Temperament.Models.Checkpoints;

/// <summary>
/// Writes safetensors files as the reference does: tensors by falling size of their elements, then by name, so that the same content
/// gives the same bytes and every tensor is aligned to its elements.
/// </summary>
public static class SafetensorsWriter
{
    /// <summary>Writes a file under a temporary name in the same folder and renames it: the path holds the old file or the whole new one.</summary>
    /// <param name="path">File.</param>
    /// <param name="tensors">Tensors, each name once.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>; null for none.</param>
    public static void Write(string path, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        Begin(path, tensors, metadata).Finish();

    /// <summary>As <see cref="Write(string, IReadOnlyList{SafetensorsTensor}, IReadOnlyDictionary{string, string}?)"/>, without waiting for the disk: the
    /// tensors may change as soon as this returns, and the path has the file once it is finished.</summary>
    /// <param name="path">File.</param>
    /// <param name="tensors">Tensors, each name once.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>; null for none.</param>
    public static UnfinishedFile Begin(string path, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Begin(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes the bytes of a file into a stream.</summary>
    /// <param name="stream">Stream.</param>
    /// <param name="tensors">Tensors, each name once.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>; null for none.</param>
    public static void Write(Stream stream, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        WriteInOrder(stream, [.. tensors
            .OrderByDescending(t => SafetensorsEntry.ElementSize(t.Dtype))
            .ThenBy(t => t.Dtype, StringComparer.Ordinal)
            .ThenBy(t => t.Name, StringComparer.Ordinal)], metadata);
    }

    /// <summary>Writes tensors in the order in which they are given; the caller sees to their alignment.</summary>
    internal static void WriteInOrder(Stream stream, SafetensorsTensor[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        byte[] header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (SafetensorsTensor tensor in ordered)
        {
            tensor.WriteTo(stream);
        }
    }

    private static byte[] Header(SafetensorsTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            WriteEntries(json, tensors);
            json.WriteEndObject();
        }

        // Spaces at the end align the data to 8 bytes.
        int padded = (buffer.WrittenCount + 7) & ~7;
        var header = new byte[padded];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    private static void WriteEntries(Utf8JsonWriter json, SafetensorsTensor[] tensors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        long offset = 0;
        foreach (SafetensorsTensor tensor in tensors)
        {
            if (!seen.Add(tensor.Name))
            {
                throw new ArgumentException($"Two tensors are named {tensor.Name}.", nameof(tensors));
            }

            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.Dtype);
            json.WriteStartArray("shape");
            foreach (long size in tensor.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += tensor.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
