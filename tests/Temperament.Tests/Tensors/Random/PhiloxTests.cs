using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Tensors.Random;

public sealed class PhiloxTests
{
    /// <summary>Known answers of the authors' library Random123 for philox4x32-10.</summary>
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x299f31d0a4093822UL, 0x0370734413198a2eUL, 0x85a308d3243f6a88UL, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Words_are_those_of_the_published_algorithm(ulong key, ulong high, ulong low, uint word0, uint word1, uint word2, uint word3) =>
        Assert.Equal(new PhiloxBlock(word0, word1, word2, word3), Philox.At(key, high, low));

    [Theory]
    [InlineData(0UL, 0UL, 0UL)]
    [InlineData(0x0123456789ABCDEFUL, 77UL, 0xFFFFFFFCUL)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue - 3)]
    public unsafe void Eight_places_at_once_have_the_words_of_each(ulong key, ulong high, ulong low)
    {
        uint* words = stackalloc uint[32];

        Philox.EightBlocks(key, high, low, words);

        for (int j = 0; j < 8; j++)
        {
            PhiloxBlock expected = Philox.At(key, high, unchecked(low + (ulong)j));
            Assert.Equal(expected, new PhiloxBlock(words[4 * j], words[(4 * j) + 1], words[(4 * j) + 2], words[(4 * j) + 3]));
        }
    }

    [Fact]
    public void One_bit_of_the_counter_or_key_changes_about_half_of_the_bits()
    {
        int changed = 0;
        for (int bit = 0; bit < 64; bit++)
        {
            changed += Difference(Philox.At(1, 2, 3), Philox.At(1 ^ (1UL << bit), 2, 3));
            changed += Difference(Philox.At(1, 2, 3), Philox.At(1, 2 ^ (1UL << bit), 3));
            changed += Difference(Philox.At(1, 2, 3), Philox.At(1, 2, 3 ^ (1UL << bit)));
        }

        // 24,576 fair bits: five standard deviations are 392.
        Assert.InRange(changed, 12288 - 392, 12288 + 392);
    }

    private static int Difference(PhiloxBlock a, PhiloxBlock b) =>
        System.Numerics.BitOperations.PopCount(a.Word0 ^ b.Word0) + System.Numerics.BitOperations.PopCount(a.Word1 ^ b.Word1)
        + System.Numerics.BitOperations.PopCount(a.Word2 ^ b.Word2) + System.Numerics.BitOperations.PopCount(a.Word3 ^ b.Word3);
}
