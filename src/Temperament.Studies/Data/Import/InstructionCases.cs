using Temperament.Models.Text;

namespace Temperament.Studies.Data.Import;

/// <summary>Rows of <c>instruction</c>, <c>input</c> and <c>output</c>, as Alpaca and FinePE have them.</summary>
internal static class InstructionCases
{
    /// <summary>Alpaca: the question is the instruction, with the input after it if there is one.</summary>
    /// <param name="path">File.</param>
    /// <param name="target">Target of rows that name none; null if each must.</param>
    public static IEnumerable<ImportedCase> ReadAlpaca(string path, TraitTarget? target)
    {
        foreach (JsonCase row in JsonCases.Read(path))
        {
            string question = string.Join('\n', new[] { row.Text("instruction"), row.Text("input") }.OfType<string>());
            yield return Case(row, question, CaseTarget.Of(row) ?? target, null);
        }
    }

    /// <summary>FinePE: the file is named after a sub-trait, whose pole its answers show; the question is the input.</summary>
    /// <param name="path">File.</param>
    /// <param name="target">Target to use in place of the sub-trait's; null for the sub-trait's.</param>
    /// <exception cref="DataFileException">The name of the file is no sub-trait, and no target is given.</exception>
    public static IEnumerable<ImportedCase> ReadFinePE(string path, TraitTarget? target)
    {
        string name = Path.GetFileNameWithoutExtension(path).Replace('_', ' ');
        if (target is null && !SubTraits.TryFind(name, out _))
        {
            throw new DataFileException(path, 0, $"the name \"{CsvTable.Shown(name)}\"", "a file named after one of the 60 sub-traits",
                NearestWord.Find(name, SubTraits.Names) is { } nearest ? $"Did you mean \"{nearest}\"? Or give --target." : "Give --target.");
        }

        TraitTarget shown = target ?? (SubTraits.TryFind(name, out TraitTarget own) ? own : default);
        foreach (JsonCase row in JsonCases.Read(path))
        {
            yield return Case(row, row.Text("input") ?? "", shown, name);
        }
    }

    private static ImportedCase Case(JsonCase row, string question, TraitTarget? target, string? facet) => (question, row.Text("output"), target) switch
    {
        ("", _, _) => ImportedCase.Without(row.Place, "it has no question"),
        (_, null, _) => ImportedCase.Without(row.Place, "the output is null or empty"),
        (_, _, null) => ImportedCase.Without(row.Place, CaseTarget.Missing),
        (_, { } answer, { } shown) => ImportedCase.Of(row.Place, new Opinion(shown, row.Text("topic") ?? question, question, answer, facet)),
    };
}
