using Temperament.Tensors.Random;

namespace Temperament.Tests.Models;

/// <summary>Damages a file as bad disks, cut downloads and ill will do.</summary>
internal static class Mutation
{
    private static readonly byte[] Telling = [0, 1, 0x7F, 0x80, 0xFF, (byte)'"', (byte)'{', (byte)'}', (byte)'[', (byte)',', (byte)'9', (byte)'-'];

    public static byte[] Of(ReadOnlySpan<byte> whole, RandomStream random)
    {
        var bytes = new List<byte>(whole.ToArray());
        int changes = 1 + random.NextInt(4);
        for (int i = 0; i < changes && bytes.Count > 0; i++)
        {
            int at = random.NextInt(bytes.Count), length = 1 + random.NextInt(Math.Min(16, bytes.Count - at));
            switch (random.NextInt(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.NextInt(8));
                    break;
                case 1:
                    bytes[at] = Telling[random.NextInt(Telling.Length)];
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(random.NextInt(bytes.Count - length + 1), length));
                    break;
                default:
                    bytes.Insert(at, Telling[random.NextInt(Telling.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
