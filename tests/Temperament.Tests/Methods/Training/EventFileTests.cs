using System.Buffers.Binary;
using System.Text;
using Temperament.Methods.Training;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Methods.Training;

public sealed class EventFileTests
{
    [Fact]
    public void A_reader_of_records_finds_every_value_under_its_step_and_name()
    {
        string folder = TemporaryFolder.New("temper");
        using (EventFile file = EventFile.Create(folder, TimeProvider.System))
        {
            file.Write(1, [new EvaluationScore("train/loss", 2.5), new EvaluationScore("train/rate", 0.25)]);
            file.Write(300, [new EvaluationScore("train/loss", double.NaN)]);
        }

        byte[][] records = [.. Records(File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder, "events.out.tfevents.*"))))];

        Assert.Equal(3, records.Length);
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString(Fields(records[0]).Single(f => f.Number == 3).Bytes));
        Assert.All(records, record => Assert.InRange(BitConverter.ToDouble(Fields(record).Single(f => f.Number == 1).Bytes), 1.7e9, 1e11));
        Assert.Equal([(1UL, "train/loss", 2.5f), (1UL, "train/rate", 0.25f)], Values(records[1]));
        (ulong step, string name, float value) = Assert.Single(Values(records[2]));
        Assert.Equal((300UL, "train/loss", true), (step, name, float.IsNaN(value)));
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard()
    {
        // The check value of CRC-32C: https://reveng.sourceforge.io/crc-catalogue/17plus.htm, CRC-32/ISCSI.
        Assert.Equal(0xE3069283u, Checksum("123456789"u8));
        Assert.Equal(0u, Checksum([]));
    }

    // A plain reading of the record format, with a checksum of its own.
    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            byte[] message = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(message), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return message;
            at += 16 + length;
        }
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = Checksum(bytes);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static List<(ulong Step, string Name, float Value)> Values(byte[] record)
    {
        ulong step = Fields(record).Single(f => f.Number == 2).Value;
        return [.. Fields(Fields(record).Single(f => f.Number == 5).Bytes).Select(value =>
        {
            List<(int Number, ulong Value, byte[] Bytes)> parts = Fields(value.Bytes);
            return (step, Encoding.UTF8.GetString(parts.Single(p => p.Number == 1).Bytes), BitConverter.ToSingle(parts.Single(p => p.Number == 2).Bytes));
        })];
    }

    private static List<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, ulong, byte[])>();
        int at = 0;
        ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = message[at++];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }

        while (at < message.Length)
        {
            ulong key = Varint();
            int kind = (int)(key & 7), length = kind switch { 0 => 0, 1 => 8, 5 => 4, _ => -1 };
            ulong value = kind == 0 ? Varint() : 0;
            length = length < 0 ? (int)Varint() : length;
            fields.Add(((int)(key >> 3), value, message[at..(at + length)]));
            at += length;
        }

        return fields;
    }
}
