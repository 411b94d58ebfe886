using System.Buffers.Binary;
using System.Text;
using Temperament.Models.Text.Normalizing;
using Xunit;

namespace Temperament.Tests.Models.Text;

public sealed class CharacterMapTests
{
    // Rules for "a" (x), "ab" (yz) and "\t" (nothing), written as a double array by hand: a unit holds the label of its own edge in the
    // lowest byte, whether a key ends there in bit 8, and the distance to its children from bit 10 on.
    private static readonly byte[] Rules = Write(
        units: new Dictionary<int, uint>
        {
            [0] = Unit(0, false, 512),
            [512 ^ 'a'] = Unit('a', true, (512 ^ 'a') ^ 768),
            [768] = Leaf(0),
            [768 ^ 'b'] = Unit('b', true, (768 ^ 'b') ^ 1024),
            [1024] = Leaf(2),
            [512 ^ '\t'] = Unit('\t', true, (512 ^ '\t') ^ 1280),
            [1280] = Leaf(5),
        },
        replacements: "x\0yz\0\0");

    [Theory]
    [InlineData("abc", true, 2, "yz")]
    [InlineData("abc", false, 1, "x")]
    [InlineData("ac", true, 1, "x")]
    [InlineData("\t", true, 1, "")]
    [InlineData("c", true, 0, "")]
    public void A_key_gives_its_replacement(string text, bool longest, int length, string replacement)
    {
        CharacterMap map = CharacterMap.Read(Rules).Map!;

        string found = Encoding.UTF8.GetString(map.Find(Encoding.UTF8.GetBytes(text), longest, out int read));

        Assert.Equal((length, replacement), (read, found));
    }

    [Fact]
    public void The_library_replaces_single_characters_and_keeps_what_they_come_from()
    {
        var normalizer = new PrecompiledNormalizer(CharacterMap.Read(Rules).Map!);

        SourceText result = normalizer.Normalize(SourceText.Of("ca\tb", tracks: true));

        Assert.Equal("cxb", result.Text);
        Assert.Equal([0, 1, 3, 4], result.Origins!);
    }

    [Fact]
    public void SentencePiece_replaces_the_longest_key_and_puts_a_space_in_front()
    {
        var normalizer = new PieceNormalizer(CharacterMap.Read(Rules).Map, Certain: null, AddsPrefix: true, RemovesExtraSpaces: true, MarksSpaces: true, PutsSpaceBehind: false);

        SourceText result = normalizer.Normalize(SourceText.Of("  cab  ba ", tracks: true));

        Assert.Equal("\u2581cyz\u2581bx", result.Text);
        Assert.Equal([2, 2, 3, 3, 5, 7, 8, 9], result.Origins!);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0 })]
    [InlineData(new byte[] { 8, 0, 0, 0, 1, 2, 3, 4 })]
    [InlineData(new byte[] { 3, 0, 0, 0, 1, 2, 3, 4 })]
    public void Rules_that_are_cut_short_are_a_fault(byte[] blob) => Assert.NotNull(CharacterMap.Read(blob).Fault);

    private static uint Unit(int label, bool ends, int offset) => (uint)label | (ends ? 0x100u : 0) | ((uint)offset << 10);

    private static uint Leaf(int value) => 0x80000000u | (uint)value;

    private static byte[] Write(Dictionary<int, uint> units, string replacements)
    {
        int count = units.Keys.Max() + 1;
        byte[] blob = new byte[4 + (count * 4) + replacements.Length];
        BinaryPrimitives.WriteInt32LittleEndian(blob, count * 4);
        foreach ((int index, uint unit) in units)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(4 + (index * 4)), unit);
        }

        Encoding.ASCII.GetBytes(replacements, blob.AsSpan(4 + (count * 4)));
        return blob;
    }
}
