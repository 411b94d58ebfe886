using System.Diagnostics;
using Temperament.Measures.Judges;
using Xunit;

namespace Temperament.ModelTests.Measures.Judges;

public class TraitClassifierDataTests(ITestOutputHelper output)
{
    [Fact]
    public void Traits_of_hand_written_opinions_on_topics_never_seen_are_found()
    {
        List<string[]> rows = [.. Rows(File.ReadAllText(OracleFiles.Shared("data/opinion-small/opinions.csv"))).Skip(1)];
        HashSet<string> heldOut = [.. rows.Select(row => row[1]).Distinct().Where((_, i) => i is >= 45 and < 60)];
        LabelledText Example(string[] row) => new(row[3], row[4] == "none" ? row[0] : $"{row[0]}-{row[4]}");

        long start = Stopwatch.GetTimestamp();
        TraitClassifier classifier = TraitClassifier.Train([.. rows.Where(row => !heldOut.Contains(row[1])).Select(Example)]);
        ClassifierEvaluation evaluation = classifier.Evaluate([.. rows.Where(row => heldOut.Contains(row[1])).Select(Example)]);

        output.WriteLine($"{evaluation.Accuracy} macro-F1 {evaluation.MacroF1}, {Stopwatch.GetElapsedTime(start)}");
        Assert.Equal(5, classifier.Labels.Count);
        Assert.Equal(75, evaluation.Count);
        Assert.InRange(evaluation.Accuracy.Value.Low, 0.3, 1);
    }

    internal static List<string[]> Rows(string csv)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var field = new System.Text.StringBuilder();
        bool quoted = false;
        for (int i = 0; i < csv.Length; i++)
        {
            char c = csv[i];
            if (c == '"' && quoted && i + 1 < csv.Length && csv[i + 1] == '"')
            {
                field.Append(c);
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && c is ',' or '\n')
            {
                row.Add(field.ToString());
                field.Clear();
                if (c == '\n')
                {
                    rows.Add([.. row]);
                    row.Clear();
                }
            }
            else
            {
                field.Append(c);
            }
        }

        return rows;
    }
}
