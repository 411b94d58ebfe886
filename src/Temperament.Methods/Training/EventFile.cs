using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Temperament.Methods.Training;

/// <summary>
/// Curves for TensorBoard: records of length, masked CRC-32C of the length, an Event message and its masked CRC-32C.
/// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/lib/io/record_writer.h, .../core/util/event.proto.
/// </summary>
public sealed class EventFile : IDisposable
{
    private const int WallTimeField = 1, StepField = 2, VersionField = 3, SummaryField = 5, ValueField = 1, TagField = 1, SimpleValueField = 2;
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    private readonly FileStream _stream;
    private readonly TimeProvider _clock;

    private EventFile(FileStream stream, TimeProvider clock) => (_stream, _clock) = (stream, clock);

    /// <summary>Begins a file; each process of a run writes one of its own, and TensorBoard joins them.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="clock">Time of the events.</param>
    public static EventFile Create(string folder, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        string name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{clock.GetUtcNow().ToUnixTimeMilliseconds():0000000000000}.temper");
        var file = new EventFile(new FileStream(Path.Combine(folder, name), FileMode.Append, FileAccess.Write, FileShare.Read), clock);
        using var message = new MemoryStream();
        file.WriteTime(message);
        WriteBytes(message, VersionField, "brain.Event:2"u8);
        file.WriteRecord(message.ToArray());
        return file;
    }

    /// <summary>Appends the values of one step.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="values">Value of each curve.</param>
    public void Write(int step, IReadOnlyList<EvaluationScore> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        using var summary = new MemoryStream();
        Span<byte> number = stackalloc byte[sizeof(float)];
        foreach (EvaluationScore value in values)
        {
            using var entry = new MemoryStream();
            WriteBytes(entry, TagField, Encoding.UTF8.GetBytes(value.Name));
            WriteKey(entry, SimpleValueField, Fixed32);
            BinaryPrimitives.WriteSingleLittleEndian(number, (float)value.Value);
            entry.Write(number);
            WriteBytes(summary, ValueField, entry.ToArray());
        }

        using var message = new MemoryStream();
        WriteTime(message);
        WriteKey(message, StepField, Varint);
        WriteVarint(message, (ulong)step);
        WriteBytes(message, SummaryField, summary.ToArray());
        WriteRecord(message.ToArray());
        _stream.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static void WriteKey(Stream stream, int field, int kind) => WriteVarint(stream, (ulong)((field << 3) | kind));

    private static void WriteBytes(Stream stream, int field, ReadOnlySpan<byte> bytes)
    {
        WriteKey(stream, field, Bytes);
        WriteVarint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteVarint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }

    private void WriteTime(Stream message)
    {
        WriteKey(message, WallTimeField, Fixed64);
        Span<byte> seconds = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(seconds, _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        message.Write(seconds);
    }

    private void WriteRecord(ReadOnlySpan<byte> message)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        Span<byte> check = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)message.Length);
        _stream.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(check, Crc32C.Masked(length));
        _stream.Write(check);
        _stream.Write(message);
        BinaryPrimitives.WriteUInt32LittleEndian(check, Crc32C.Masked(message));
        _stream.Write(check);
    }
}
