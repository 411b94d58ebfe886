using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Temperament.Studies.Reports.Findings;

namespace Temperament.Studies.Reports;

/// <summary>The content of report.json.</summary>
/// <param name="Format">The name and version of the format.</param>
/// <param name="Findings">The findings.</param>
/// <param name="Data">The data that they follow from.</param>
public sealed record JsonReportContent(string Format, IReadOnlyList<Finding> Findings, ReportData Data);

/// <summary>Writes and reads a report as JSON for scripts. A missing number is null beside its reason.</summary>
public static class JsonReport
{
    /// <summary>The name and version of the format.</summary>
    public const string Format = "temperament-report/1";

    private static readonly JsonReportContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The report as JSON, ending with a line feed.</summary>
    /// <param name="data">The data of the report.</param>
    /// <exception cref="ArgumentException">The data contradict themselves: doubled ids, or references to nothing.</exception>
    public static string Render(ReportData data) =>
        JsonSerializer.Serialize(new JsonReportContent(Format, FindingsWriter.Write(data), data), Context.JsonReportContent) + "\n";

    /// <summary>The data of a report.json.</summary>
    /// <param name="json">Its text.</param>
    /// <exception cref="JsonException">The text is not a report, or of another version.</exception>
    public static ReportData Read(string json)
    {
        JsonReportContent content = JsonSerializer.Deserialize(json, Context.JsonReportContent)
            ?? throw new JsonException($"Read null, expected an object with the format \"{Format}\".");
        return content.Format == Format
            ? content.Data
            : throw new JsonException($"Read the format \"{content.Format}\", expected \"{Format}\"; render the report again with this version.");
    }
}

/// <summary>How the records of a report become JSON.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(JsonReportContent))]
internal sealed partial class JsonReportContext : JsonSerializerContext;
