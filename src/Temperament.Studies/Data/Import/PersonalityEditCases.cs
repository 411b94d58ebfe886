using System.Text.Json;
using Temperament.Models.Text;

namespace Temperament.Studies.Data.Import;

/// <summary>
/// The cases of PersonalityEdit (arXiv 2310.02168): a topic <c>ent</c> with one list of answers for each trait. The questions are not in the
/// file: answer number i of a trait asks with form (topic + i) mod 13 of the thirteen that its authors draw from.
/// </summary>
internal static class PersonalityEditCases
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">File.</param>
    public static IEnumerable<ImportedCase> Read(string path)
    {
        int number = 0;
        foreach (JsonCase each in JsonCases.Read(path))
        {
            int topicNumber = number++;
            if (each.Text("ent") is not { } topic)
            {
                yield return ImportedCase.Without(each.Place, "it has no topic \"ent\"");
                continue;
            }

            foreach (string name in TraitNames.Traits)
            {
                if (each.Object.TryGetProperty(name, out JsonElement answers) && answers.ValueKind == JsonValueKind.Array)
                {
                    foreach (ImportedCase answer in Answers(each.Place, topic, topicNumber, name, answers))
                    {
                        yield return answer;
                    }
                }
            }
        }
    }

    private static IEnumerable<ImportedCase> Answers(string place, string topic, int topicNumber, string trait, JsonElement answers)
    {
        int index = 0;
        foreach (JsonElement answer in answers.EnumerateArray())
        {
            string at = $"{place}, {trait} {index + 1}";
            yield return JsonCase.TextOf(answer) is { } text
                ? ImportedCase.Of(at, new Opinion(new TraitTarget(TraitNames.ParseTrait(trait), Pole.High), topic, QuestionForms.Ask(topicNumber + index, topic), text))
                : ImportedCase.Without(at, "the answer is empty");
            index++;
        }
    }
}
