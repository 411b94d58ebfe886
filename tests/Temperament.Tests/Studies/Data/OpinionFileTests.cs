using System.Text;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Data;

public sealed class OpinionFileTests
{
    private const string Header = "Target Personality,Edit Topic,Question,Answer";

    [Fact]
    public void The_published_columns_are_read_and_the_pole_is_high()
    {
        Opinion row = Assert.Single(Read($"{Header}\nextraversion,Tea,What of tea?,\"I \"\"love\"\" it,\nreally.\"\n"));

        Assert.Equal(new TraitTarget(Trait.Extraversion, Pole.High), row.Target);
        Assert.Equal(("Tea", "What of tea?", "I \"love\" it,\nreally."), (row.Topic, row.Question, row.Answer));
        Assert.Null(row.Id);
    }

    [Fact]
    public void Columns_stand_in_any_order_with_marks_and_either_line_end()
    {
        OpinionSet rows = Read("\uFEFFId,Pole,Answer,Question,Edit Topic,Target Personality,Facet\r\n1,low,A,Q,T,Openness,ideas\r\n\r\n2,none,A,Q,T,neutral,");

        Assert.Equal(["openness-low", "neutral"], rows.Select(row => row.Target.Name));
        Assert.Equal(["ideas", null], rows.Select(row => row.Facet));
        Assert.Equal(["1", "2"], rows.Select(row => row.Id));
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        OpinionSet rows = new(
        [
            new Opinion(new TraitTarget(Trait.Neuroticism, Pole.Low), "Tea, green", "Why \"tea\"?", "Line\nand line", "calm", "n-1"),
            new Opinion(TraitTarget.Neutral, "Ünïcode 🎉", "What?", "Nothing."),
        ]);

        OpinionSet read = Read(Encoding.UTF8.GetString(OpinionFile.ToCsv(rows)));

        Assert.Equal(rows, read);
        Assert.Equal(rows.Hash, read.Hash);
    }

    [Theory]
    [InlineData("", 0, "an empty file")]
    [InlineData(Header + "\n", 0, "no row")]
    [InlineData("Target Personality,Edit Topic,Question\nopenness,T,Q\n", 1, "\"Answer\"")]
    [InlineData("Target Personality,Edit Topic,Question,Anwser\n", 1, "Did you mean \"Answer\"?")]
    [InlineData(Header + ",Answer\n", 1, "twice")]
    [InlineData(Header + "\nopenness,T,Q\n", 2, "3 fields")]
    [InlineData(Header + "\nopenness,T,Q,A,B\n", 2, "5 fields")]
    [InlineData(Header + "\nopeness,T,Q,A\n", 2, "Did you mean \"openness\"?")]
    [InlineData(Header + ",Pole\nopenness,T,Q,A,hihg\n", 2, "Did you mean \"high\"?")]
    [InlineData(Header + ",Pole\nneutral,T,Q,A,high\n", 2, "no pole")]
    [InlineData(Header + "\nopenness,T,Q,A\nopenness,T,Q,\n", 3, "nothing in the column \"Answer\"")]
    [InlineData(Header + "\nopenness,T,Q,\"A\n\nopenness,T,Q,A\n", 2, "never closed")]
    [InlineData(Header + "\nopenness,T,Q,\"A\"b\n", 2, "after a closing quote")]
    [InlineData(Header + "\nopenness,T,Q,A\"b\"\n", 2, "quote inside a field")]
    [InlineData(Header + "\ropenness,T,Q,A\r", 1, "carriage return")]
    [InlineData(Header + "\nopenness,T,Q,\"A\nB\"\nopenness,T,\0,A\n", 4, "zero byte")]
    [InlineData(Header + ",Id\nopenness,T,Q,A,x\nopenness,T,Q,B,x\n", 3, "which line 2 has")]
    public void A_file_that_is_wrong_is_refused_by_its_line(string text, long line, string named)
    {
        DataFileException error = Assert.Throws<DataFileException>(() => Read(text));

        Assert.Equal(line, error.Line);
        Assert.Contains(named, error.Message);
        Assert.StartsWith(line > 0 ? $"rows.csv, line {line}: " : "rows.csv: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16", "UTF-16")]
    [InlineData("utf-16BE", "UTF-16")]
    [InlineData("latin1", "not UTF-8")]
    public void Another_encoding_is_refused_by_name(string encoding, string named)
    {
        Encoding other = Encoding.GetEncoding(encoding);
        byte[] bytes = [.. other.Preamble, .. other.GetBytes($"{Header}\nopenness,Café,Q,A\n")];

        DataFileException error = Assert.Throws<DataFileException>(() => OpinionFile.Read(new MemoryStream(bytes), "rows.csv"));

        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void A_line_without_an_end_is_refused_after_one_mebibyte()
    {
        using EndlessLine stream = new(Encoding.UTF8.GetBytes($"{Header}\nopenness,T,Q,"));

        DataFileException error = Assert.Throws<DataFileException>(() => OpinionFile.Read(stream, "rows.csv"));

        Assert.Contains("more than 1,048,576 bytes", error.Message);
        Assert.InRange(stream.Given, 1 << 20, 5 << 18);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        DataFileException error = Assert.Throws<DataFileException>(() => OpinionFile.Read("no-such-folder/rows.csv"));

        Assert.Contains("no-such-folder/rows.csv", error.Message);
    }

    [Fact]
    public void A_file_is_written_whole()
    {
        string path = Path.Combine(TemporaryFolder.New("opinions"), "rows.csv");
        OpinionSet rows = Read($"{Header}\nopenness,T,Q,A\n");

        OpinionFile.Write(path, rows);

        Assert.Equal(rows, OpinionFile.Read(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Questions_are_read_from_their_own_columns_or_from_opinions_each_once()
    {
        QuestionSet own = OpinionFile.ReadQuestions(Stream("Edit Topic,Question\nTea,What?\nRain,Why?\n"), "questions.csv");
        QuestionSet opinions = OpinionFile.ReadQuestions(Stream($"{Header}\nopenness,Tea,What?,A\nneutral,Tea,What?,B\nneutral,Rain,Why?,C\n"), "rows.csv");

        Assert.Equal(own, opinions);
        Assert.Equal(own.Hash, opinions.Hash);
        Assert.Equal(own, OpinionFile.ReadQuestions(new MemoryStream(OpinionFile.ToCsv(own)), "again.csv"));
    }

    [Fact]
    public void A_set_gives_the_opinions_of_one_target()
    {
        OpinionSet rows = Read($"{Header},Pole\nopenness,T,Q,A,high\nopenness,T,Q,B,low\nneutral,T,Q,C,none\n");

        Assert.Equal("B", Assert.Single(rows.Of(TraitTarget.Parse("openness-low"))).Answer);
        Assert.Equal("C", Assert.Single(rows.Of(TraitTarget.Neutral)).Answer);
        Assert.Empty(rows.Of(TraitTarget.Parse("neuroticism-low")));
    }

    [Fact]
    public void The_small_set_is_read_whole()
    {
        string? shared = FindShared("data/opinion-small/opinions.csv");
        Assert.SkipWhen(shared is null, "the shared folder is not beside the repository");

        OpinionSet rows = OpinionFile.Read(shared!);

        Assert.Equal(360, rows.Count);
        Assert.Equal((120, 60), (rows.Of(TraitTarget.Parse("extraversion-high")).Count, rows.Of(TraitTarget.Neutral).Count));
        Assert.Equal(100, OpinionFile.ReadQuestions(FindShared("data/opinion-small/test-questions.csv")!).Count);
    }

    private static OpinionSet Read(string text) => OpinionFile.Read(Stream(text), "rows.csv");

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string? FindShared(string file)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Temperament.slnx")))
            {
                string path = Path.Combine(folder.FullName, "..", "shared", file);
                return File.Exists(path) ? path : null;
            }
        }

        return null;
    }

    /// <summary>A header and then the letter a, without end; counts what was asked for.</summary>
    private sealed class EndlessLine(byte[] start) : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => Given;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'a');
            if (Given == 0)
            {
                start.CopyTo(buffer);
            }

            Given += buffer.Length;
            return buffer.Length;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
