using Temperament.Models.Text;

namespace Temperament.Studies.Data.Import;

/// <summary>How import formats are written in commands and notes.</summary>
public static class ImportFormatNames
{
    /// <summary>The names, in the order of <see cref="ImportFormat"/>.</summary>
    public static IReadOnlyList<string> All { get; } = ["published", "personality-edit", "messages", "alpaca", "finepe", "parquet"];

    /// <summary>The name of a format.</summary>
    /// <param name="format">The format.</param>
    public static string Of(ImportFormat format) => All[(int)format];

    /// <summary>Reads a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="FormatException">It is none; the message gives the nearest.</exception>
    public static ImportFormat Parse(string name) => All.ToList().IndexOf(name) is >= 0 and var index
        ? (ImportFormat)index
        : throw new FormatException(NearestWord.Complain("format", name, All));
}
