using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Import;

namespace Temperament.Cli.Commands;

/// <summary><c>temper data import</c>: opinions from the files of others.</summary>
internal static class DataImportCommand
{
    private const int Shown = 10;

    public static Command Create(CommandHost host)
    {
        Argument<string[]> files = new("F") { Description = "Files of one form.", Arity = ArgumentArity.OneOrMore };
        Option<string?> format = new("--format") { Description = $"Their form ({string.Join(", ", ImportFormatNames.All)}); told from the file if absent.", HelpName = "NAME" };
        Option<string?> target = new("--target") { Description = "What the answers show where the file does not say it, as in extraversion-high.", HelpName = "TARGET" };
        Option<string> licence = new("--licence") { Description = "Licence of the source, for the note.", HelpName = "NAME", Required = true };
        Option<string?> origin = new("--origin") { Description = "Where the source was published, for the note.", HelpName = "URL" };
        Option<string> output = new("--out") { Description = "Opinion file (CSV) to write; a note NAME.source.json is written beside it.", HelpName = "F", Required = true };
        return host.Define("import", "Takes opinions from other forms: published CSV or Parquet, PersonalityEdit, chat messages, Alpaca, FinePE.",
            ["temper data import train-00000-of-00001.parquet --licence MIT --out opinions.csv", "temper data import train.json --licence MIT --out opinions.csv", "temper data import chats.jsonl --target neuroticism-high --licence CC-BY-4.0 --out opinions.csv"],
            [files, format, target, licence, origin, output], run =>
            {
                string path = JsonLines.RequireFile(run.Arguments.GetRequiredValue(output));
                ImportResult import = OpinionImport.Read(run.Arguments.GetRequiredValue(files),
                    run.Arguments.GetValue(format) is { } name ? Read(name, ImportFormatNames.Parse) : null,
                    run.Arguments.GetValue(target) is { } shown ? Read(shown, TraitTarget.Parse) : null);
                                if (import.Opinions.Count == 0)
                {
                    LeftOutRow? first = import.LeftOut.Count > 0 ? import.LeftOut[0] : null;
                    throw new DataFileException(import.Files[0].Path, 0, "no opinion", "at least one",
                        first is null ? "The file has no row." : $"All rows were left out; the first at {first.Place}: {first.Reason.TrimEnd('.')}.");
                }

                OpinionFile.Write(path, import.Opinions);
                string note = SourceNote.Write(path, import, run.Arguments.GetRequiredValue(licence), run.Arguments.GetValue(origin));
                foreach (LeftOutRow row in import.LeftOut.Take(Shown))
                {
                    run.Log($"{row.Path}, {row.Place}: left out: {row.Reason}");
                }

                if (import.LeftOut.Count > Shown)
                {
                    run.Log($"and {import.LeftOut.Count - Shown} more; {note} has them.");
                }

                if (run.Json)
                {
                    run.PrintJson(json =>
                    {
                        json.WriteStartObject();
                        json.WriteString("path", path);
                        json.WriteString("note", note);
                        json.WriteNumber("rows", import.Opinions.Count);
                        json.WriteNumber("left_out", import.LeftOut.Count);
                        json.WriteEndObject();
                    });
                }
                else
                {
                    run.Print($"{path}: {import.Opinions.Count} opinions from {import.Files.Count} files, {import.LeftOut.Count} rows left out; {note} names the source.");
                }
            });
    }

    private static T? Read<T>(string text, Func<string, T> parse)
        where T : struct
    {
        try
        {
            return parse(text);
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message);
        }
    }
}
