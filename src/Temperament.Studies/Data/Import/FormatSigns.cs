namespace Temperament.Studies.Data.Import;

/// <summary>Tells the form of a foreign file from its first object.</summary>
internal static class FormatSigns
{
    /// <summary>Tells the form.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="DataFileException">It has none of the known signs.</exception>
    public static ImportFormat Tell(string path)
    {
        if (Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
        {
            return ImportFormat.Published;
        }

        if (Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase))
        {
            return ImportFormat.Parquet;
        }

        JsonCase first = JsonCases.Read(path).FirstOrDefault();
        string[] fields = first.Place is null ? [] : [.. first.Object.EnumerateObject().Select(field => field.Name)];
        return fields switch
        {
            _ when fields.Contains("ent") => ImportFormat.PersonalityEdit,
            _ when fields.Contains("messages") => ImportFormat.Messages,
            _ when fields.Contains("instruction") && SubTraits.TryFind(Path.GetFileNameWithoutExtension(path).Replace('_', ' '), out _) => ImportFormat.FinePE,
            _ when fields.Contains("instruction") => ImportFormat.Alpaca,
            _ => throw new DataFileException(path, 0, fields.Length == 0 ? "no object" : $"objects with the fields {string.Join(", ", fields.Take(8))}",
                "\"ent\", \"messages\" or \"instruction\" among them, or a .csv or .parquet file", "Name the form with --format."),
        };
    }
}
