using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Import;
using Temperament.Tensors.Random;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Studies.Data;

/// <summary>Parquet files of two other writers; reference/make_parquet.mjs has the formula of their rows.</summary>
public sealed class ParquetImportTests : IDisposable
{
    private static readonly Trait[] Traits = [Trait.Extraversion, Trait.Neuroticism, Trait.Openness];

    private readonly string _folder = TemporaryFolder.New("temper-parquet");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("rust-v1-snappy", "7f778ff5ee78f6525a423018017ef3468441ae6f8548d1508cbd37eebe2ee8ea")]
    [InlineData("rust-v1-plain", null)]
    [InlineData("rust-v1-brotli", null)]
    [InlineData("rust-v2-gzip", null)]
    [InlineData("hyparquet-snappy", null)]
    public void Every_writer_and_packing_gives_the_same_rows(string name, string? hash)
    {
        ImportResult import = OpinionImport.Read([File(name)]);

        Assert.Equal(Enumerable.Range(0, 60).Where(i => i is not 17 and not 41).Select(i => new Opinion(
            new TraitTarget(Traits[i % 3], Pole.High), $"topic {i / 6}", $"What do you think of topic {i / 6}?",
            $"Answer {i}: a café, \"quoted\", with a comma – and {string.Concat(Enumerable.Repeat("very ", i % 7))}long.")), import.Opinions);
        Assert.Equal(["row 18", "row 42"], import.LeftOut.Select(row => row.Place));
        Assert.Contains("nothing in the column \"Answer\"", import.LeftOut[0].Reason, StringComparison.Ordinal);
        Assert.Contains("the target \"extrovert\"", import.LeftOut[1].Reason, StringComparison.Ordinal);
        Assert.Equal((ImportFormat.Parquet, 58, 2), (import.Files[0].Format, import.Files[0].Rows, import.Files[0].LeftOut));
        Assert.True(hash is null || import.Files[0].Hash == hash, import.Files[0].Hash);
    }

    [Theory]
    [InlineData("rust-v1-zstd", "pages packed with Zstandard; Snappy, gzip, Brotli and none are read")]
    [InlineData("numbers", "the column \"Answer\" of numbers")]
    public void What_is_not_read_is_named(string name, string message) =>
        Assert.Contains(message, Assert.Throws<DataFileException>(() => OpinionImport.Read([File(name)])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "does not begin and end with PAR1")]
    [InlineData("PAR1\u007f\u007f\u007f\u007fPAR1", "metadata of 2139062143 bytes in a file of 12")]
    [InlineData("Target Personality,Edit Topic,Question,Answer\n", "does not begin and end with PAR1")]
    public void A_file_of_another_kind_is_named(string text, string message)
    {
        string path = Path.Combine(_folder, "set.parquet");
        System.IO.File.WriteAllText(path, text);

        Assert.Contains(message, Assert.Throws<DataFileException>(() => OpinionImport.Read([path])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rust-v1-snappy")]
    [InlineData("rust-v2-gzip")]
    [InlineData("hyparquet-snappy")]
    public void Damage_anywhere_is_a_named_error_or_other_texts_and_nothing_else(string name)
    {
        byte[] whole = System.IO.File.ReadAllBytes(File(name));
        string path = Path.Combine(_folder, "damaged.parquet");
        var random = new RandomStream(7, name);
        int refused = 0;
        for (int turn = 0; turn < 400; turn++)
        {
            byte[] bytes = turn % 4 == 0 ? whole[..random.NextInt(whole.Length)] : [.. whole];
            for (int i = 0; i < turn % 4; i++)
            {
                bytes[random.NextInt(bytes.Length)] = (byte)random.NextInt(256);
            }

            System.IO.File.WriteAllBytes(path, bytes);
            try
            {
                OpinionImport.Read([path]);
            }
            catch (DataFileException error)
            {
                refused++;
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(refused, 100, 400);
    }

    private static string File(string name) => Oracles.Golden("parquet", $"{name}.parquet");
}
