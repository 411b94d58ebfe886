using System.Text;
using Temperament.Models.Checkpoints;
using Temperament.Models.Text;
using Temperament.Tensors.Memory;

namespace Temperament.Studies.Data;

/// <summary>
/// Opinions as CSV with the columns of the published set, <c>Target Personality,Edit Topic,Question,Answer</c>, and of our own
/// <c>Pole</c> (high or low; high where the column is absent or empty; none for the target "neutral"), <c>Facet</c> and <c>Id</c>.
/// </summary>
public static class OpinionFile
{
    private const string TargetColumn = "Target Personality";
    private const string TopicColumn = "Edit Topic";
    private const string QuestionColumn = "Question";
    private const string AnswerColumn = "Answer";
    private const string PoleColumn = "Pole";
    private const string FacetColumn = "Facet";
    private const string IdColumn = "Id";
    private const string NoPole = "none";

    private static readonly string[] RequiredColumns = [TargetColumn, TopicColumn, QuestionColumn, AnswerColumn];
    private static readonly string[] AllColumns = [.. RequiredColumns, PoleColumn, FacetColumn, IdColumn];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFileException">It is not what it must be; the message gives the line.</exception>
    public static OpinionSet Read(string path)
    {
        using FileStream stream = Open(path);
        return Read(stream, path);
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">Where the bytes come from; not closed here.</param>
    /// <param name="path">Name of the file in messages.</param>
    /// <exception cref="DataFileException">It is not what it must be; the message gives the line.</exception>
    public static OpinionSet Read(Stream stream, string path)
    {
        ArgumentNullException.ThrowIfNull(stream);
        List<Opinion> rows = [];
        Dictionary<string, long> lines = [];
        foreach (Row row in Rows(stream, path))
        {
            Opinion opinion = row.Opinion ?? throw row.Fault!;
            if (opinion.Id is { } id && !lines.TryAdd(id, row.Line))
            {
                throw new DataFileException(path, row.Line, $"the id \"{CsvTable.Shown(id)}\", which line {lines[id]} has", "each id once", "Rename one of the two rows.");
            }

            rows.Add(opinion);
        }

        return rows.Count > 0 ? new OpinionSet(rows) : throw new DataFileException(path, 0, "no row", "at least one opinion", "Give the file that has the opinions.");
    }

    /// <summary>Reads questions: the columns <c>Edit Topic,Question</c>; further columns of an opinion file are passed over, and repeats too.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFileException">It is not what it must be; the message gives the line.</exception>
    public static QuestionSet ReadQuestions(string path)
    {
        using FileStream stream = Open(path);
        return ReadQuestions(stream, path);
    }

    /// <summary>Reads questions from a stream, as <see cref="ReadQuestions(string)"/> does from a file.</summary>
    /// <param name="stream">Where the bytes come from; not closed here.</param>
    /// <param name="path">Name of the file in messages.</param>
    /// <exception cref="DataFileException">It is not what it must be; the message gives the line.</exception>
    public static QuestionSet ReadQuestions(Stream stream, string path)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CsvTable table = new(stream, path, [TopicColumn, QuestionColumn], AllColumns);
        OpinionQuestion[] rows = [.. table.Rows().Select(row => row.RequireAllFields()).Select(row => new OpinionQuestion(row.Required(TopicColumn), row.Required(QuestionColumn))).Distinct()];
        return rows.Length > 0 ? new QuestionSet(rows) : throw new DataFileException(path, 0, "no row", "at least one question", "Give the file that has the questions.");
    }

    /// <summary>Writes a file, whole or not at all; optional columns stand there if a row uses them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="opinions">The opinions.</param>
    public static void Write(string path, IReadOnlyList<Opinion> opinions) =>
        AtomicFile.Write(path, stream => stream.Write(ToCsv(opinions)));

    /// <summary>The opinions as a CSV file: UTF-8, lines ended by LF, quotes only where they are needed.</summary>
    /// <param name="opinions">The opinions.</param>
    public static byte[] ToCsv(IReadOnlyList<Opinion> opinions)
    {
        ArgumentNullException.ThrowIfNull(opinions);
        List<string> columns = [.. RequiredColumns, PoleColumn];
        columns.AddRange(opinions.Any(row => row.Facet is not null) ? [FacetColumn] : []);
        columns.AddRange(opinions.Any(row => row.Id is not null) ? [IdColumn] : []);
        StringBuilder text = new();
        AppendRecord(text, columns);
        foreach (Opinion row in opinions)
        {
            AppendRecord(text, columns.Select(column => Field(row, column)));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The questions as a CSV file.</summary>
    /// <param name="questions">The questions.</param>
    public static byte[] ToCsv(IReadOnlyList<OpinionQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        StringBuilder text = new();
        AppendRecord(text, [TopicColumn, QuestionColumn]);
        foreach (OpinionQuestion question in questions)
        {
            AppendRecord(text, [question.Topic, question.Text]);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads row by row; a row that cannot be understood is given with its fault, and reading goes on.</summary>
    /// <param name="stream">Where the bytes come from; not closed here.</param>
    /// <param name="path">Name of the file in messages.</param>
    /// <exception cref="DataFileException">The header is wrong, or the text is no CSV from some line on.</exception>
    internal static IEnumerable<Row> Rows(Stream stream, string path)
    {
        CsvTable table = new(stream, path, RequiredColumns, AllColumns);
        foreach (CsvRow row in table.Rows())
        {
            yield return ReadRow(row);
        }
    }

    internal static FileStream Open(string path)
    {
        if (Directory.Exists(path))
        {
            string? inside = Directory.EnumerateFiles(path, "*.csv").Order(StringComparer.Ordinal).FirstOrDefault();
            throw new DataFileException(path, 0, "a folder", "a file", inside is null ? "Give the file itself." : $"Give the files in it, as in {inside}.");
        }

        try
        {
            return InputFile.OpenSeekable(path);
        }
        catch (InputFileException error)
        {
            throw new DataFileException(path, 0, error.Read, "a file", error.Hint, error);
        }
        catch (IOException error)
        {
            throw new DataFileException(path, 0, "nothing", "a CSV file that can be opened", error.Message, error);
        }
    }

    /// <summary>Checks the names of columns that do not come from a CSV file.</summary>
    /// <param name="header">The names.</param>
    /// <param name="path">Name of the file in messages.</param>
    /// <exception cref="DataFileException">A column is missing, unknown, or there twice.</exception>
    internal static void RequireColumns(IReadOnlyList<string> header, string path) => CsvTable.RequireColumns(header, path, 0, RequiredColumns, AllColumns);

    /// <summary>Reads one row; a row that cannot be understood is given with its fault.</summary>
    /// <param name="row">The row.</param>
    internal static Row ReadRow(CsvRow row)
    {
        try
        {
            row.RequireAllFields();
            return new Row(row.Line, new Opinion(ReadTarget(row), row.Required(TopicColumn), row.Required(QuestionColumn), row.Required(AnswerColumn),
                row.Optional(FacetColumn), row.Optional(IdColumn)), null);
        }
        catch (DataFileException fault)
        {
            return new Row(row.Line, null, fault);
        }
    }

    private static TraitTarget ReadTarget(CsvRow row)
    {
        string name = row.Required(TargetColumn);
        string? pole = row.Optional(PoleColumn);
        if (string.Equals(name, TraitNames.Neutral, StringComparison.OrdinalIgnoreCase))
        {
            return pole is null || string.Equals(pole, NoPole, StringComparison.OrdinalIgnoreCase)
                ? TraitTarget.Neutral
                : throw row.Fault($"the pole \"{CsvTable.Shown(pole)}\" of \"neutral\"", "\"none\" or nothing", "Neutral opinions have no pole.");
        }

        if (!TraitNames.TryParse(name, out Trait trait))
        {
            string complaint = NearestWord.Complain("trait", name, [.. TraitNames.Traits, TraitNames.Neutral]);
            throw row.Fault($"the target \"{CsvTable.Shown(name)}\"", "a trait, or \"neutral\"", complaint);
        }

        return TraitNames.TryParse(pole ?? TraitNames.Of(Pole.High), out Pole end)
            ? new TraitTarget(trait, end)
            : throw row.Fault($"the pole \"{CsvTable.Shown(pole!)}\"", "\"high\" or \"low\"", NearestWord.Complain("pole", pole!, TraitNames.Poles));
    }

    private static string Field(Opinion row, string column) => column switch
    {
        TargetColumn => row.Trait is { } trait ? TraitNames.Of(trait) : TraitNames.Neutral,
        TopicColumn => row.Topic,
        QuestionColumn => row.Question,
        AnswerColumn => row.Answer,
        PoleColumn => row.Pole is { } pole ? TraitNames.Of(pole) : NoPole,
        FacetColumn => row.Facet ?? string.Empty,
        _ => row.Id ?? string.Empty,
    };

    private static void AppendRecord(StringBuilder text, IEnumerable<string> fields) =>
        text.AppendJoin(',', fields.Select(field => field.AsSpan().IndexOfAny("\",\r\n") >= 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field)).Append('\n');

    /// <summary>A row as it was read.</summary>
    /// <param name="Line">Line on which it begins, from 1.</param>
    /// <param name="Opinion">What it says; null if it could not be understood.</param>
    /// <param name="Fault">Why not; null if it could.</param>
    internal sealed record Row(long Line, Opinion? Opinion, DataFileException? Fault);
}
