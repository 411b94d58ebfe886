using System.Buffers.Binary;
using System.Text;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Reads little-endian numbers and strings from a place of a file; never past its end.</summary>
internal sealed class GgufCursor(string path, GgufBytes bytes, long position)
{
    private const int MaxString = 1 << 28;
    private const string Hint = "The file is damaged or was not downloaded completely.";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public long Position { get; private set; } = position;

    public long Remaining => bytes.Length - Position;

    public uint ReadUInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public ulong ReadUInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>A number of things that each take at least some bytes of the rest of the file.</summary>
    public long ReadCount(string what, int bytesEach, long most = long.MaxValue)
    {
        ulong count = ReadUInt64(what);
        long limit = Math.Min(most, Remaining / bytesEach);
        return count <= (ulong)limit ? (long)count : throw Wrong($"{count} as {what}", $"at most {limit} in a file of {bytes.Length} bytes");
    }

    public string ReadString(string what, int longest = MaxString)
    {
        long start = Position;
        int length = ReadLength(what, longest);
        try
        {
            return Strict.GetString(Take(length, what));
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException(path, $"bytes that are no UTF-8 as {what} at byte {start}", "UTF-8", Hint, e);
        }
    }

    public void SkipString(string what) => Skip(ReadLength(what, MaxString), what);

    public void Skip(long length, string what)
    {
        Need(length, what);
        Position += length;
    }

    public double ReadNumber(GgufValueType type, string what)
    {
        ReadOnlySpan<byte> data = Take(GgufValue.Size(type), what);
        return type switch
        {
            GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(data),
            GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(data),
            _ => Integer(type, data, what),
        };
    }

    public long ReadInteger(GgufValueType type, string what) => Integer(type, Take(GgufValue.Size(type), what), what);

    public CheckpointException Wrong(string read, string expected) => new(path, read, expected, Hint);

    private int ReadLength(string what, int longest)
    {
        ulong length = ReadUInt64(what);
        return length <= (ulong)Math.Min(longest, Remaining)
            ? (int)length
            : throw Wrong($"a string of {length} bytes as {what} at byte {Position - 8}", $"at most {Math.Min(longest, Remaining)} bytes");
    }

    private long Integer(GgufValueType type, ReadOnlySpan<byte> data, string what) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Bool => data[0],
        GgufValueType.Int8 => (sbyte)data[0],
        GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(data),
        GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(data),
        GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(data),
        GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(data),
        GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(data),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(data) is var value and <= long.MaxValue
            ? (long)value
            : throw Wrong($"{BinaryPrimitives.ReadUInt64LittleEndian(data)} as {what}", "a number below 2^63"),
    };

    private ReadOnlySpan<byte> Take(int length, string what)
    {
        Need(length, what);
        ReadOnlySpan<byte> taken = bytes.Slice(Position, length);
        Position += length;
        return taken;
    }

    private void Need(long length, string what)
    {
        if (length > Remaining)
        {
            throw Wrong($"the end of the file at byte {bytes.Length} inside {what}", $"{length} bytes from byte {Position} on");
        }
    }
}
