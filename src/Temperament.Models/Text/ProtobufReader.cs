using System.Buffers.Binary;
using System.Text;
using Temperament.Models.Checkpoints;

namespace Temperament.Models.Text;

/// <summary>
/// Reads the fields of a protobuf message one after the other. https://protobuf.dev/programming-guides/encoding/
/// </summary>
internal struct ProtobufReader(string path, ReadOnlyMemory<byte> content)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private int _at;
    private int _wire;

    /// <summary>Number of the present field.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_at == content.Length)
        {
            return false;
        }

        ulong tag = Varint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        _wire = (int)(tag & 7);
        return true;
    }

    /// <summary>A whole number of 32 bits.</summary>
    public int Int() => (int)Varint(0);

    /// <summary>True or false.</summary>
    public bool Bool() => Varint(0) != 0;

    /// <summary>A float.</summary>
    public float Float()
    {
        Expect(5);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4).Span);
    }

    /// <summary>Bytes.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        Expect(2);
        ulong length = Varint();
        return Take(length > int.MaxValue ? int.MaxValue : (int)length);
    }

    /// <summary>A string in UTF-8.</summary>
    public string String()
    {
        try
        {
            return Strict.GetString(Bytes().Span);
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException(path, $"a string that is no UTF-8 at byte {_at}", "UTF-8", "The file is damaged.", e);
        }
    }

    /// <summary>A message in the message.</summary>
    public ProtobufReader Message() => new(path, Bytes());

    /// <summary>Passes over the field.</summary>
    public void Skip()
    {
        switch (_wire)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Bytes();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Fault($"a field of the kind {_wire}");
        }
    }

    private ulong Varint(int wire)
    {
        Expect(wire);
        return Varint();
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Fault("a number of more than ten bytes");
    }

    private void Expect(int wire)
    {
        if (_wire != wire)
        {
            throw Fault($"field {Field} of the kind {_wire}");
        }
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        if (length > content.Length - _at)
        {
            throw Fault($"a field of {length} bytes where {content.Length - _at} are left");
        }

        _at += length;
        return content.Slice(_at - length, length);
    }

    private readonly CheckpointException Fault(string read) =>
        new(path, $"{read} at byte {_at} of a message", "a SentencePiece model", "The file is damaged or cut short.");
}
