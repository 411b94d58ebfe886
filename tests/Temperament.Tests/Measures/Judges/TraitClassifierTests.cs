using System.Text;
using Temperament.Measures.Judges;
using Temperament.Measures.Statistics;
using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Measures.Judges;

public class TraitClassifierTests
{
    private static readonly string[] Shared = ["the", "park", "music", "people", "often", "today", "food", "very"];

    [Fact]
    public void Words_of_a_label_are_learned_and_found_in_new_texts()
    {
        TraitClassifier classifier = TraitClassifier.Train(Texts(1, 60));

        ClassifierEvaluation evaluation = classifier.Evaluate(Texts(2, 40));

        Assert.Equal(["extraversion-high", "extraversion-low", "neutral"], classifier.Labels);
        Assert.InRange(evaluation.Accuracy.Value.Estimate, 0.95, 1);
        Assert.Equal(120, evaluation.Count);
        Assert.InRange(evaluation.MacroF1.Value, 0.95, 1);
    }

    [Fact]
    public void Emoji_change_no_probability()
    {
        TraitClassifier classifier = TraitClassifier.Train(
            [.. Texts(1, 40).Select(example => example with { Text = example.Label == "neutral" ? example.Text : example.Text + " 🎉" })]);

        TraitPrediction plain = classifier.Predict("the party music today");
        TraitPrediction decorated = classifier.Predict("🎉 the party 🎉🎉 music today 👩‍👩‍👧");

        Assert.Equal(plain.Probabilities, decorated.Probabilities);
        Assert.DoesNotContain(classifier.Features, feature => feature.Contains("🎉", StringComparison.Ordinal));
        Assert.Equal(1, plain.Probabilities.Sum(), 1e-12);
    }

    [Fact]
    public void Training_twice_gives_the_same_bytes_and_saving_loses_none()
    {
        TraitClassifier classifier = TraitClassifier.Train(Texts(1, 30));
        byte[] saved = Save(classifier);

        TraitClassifier loaded = TraitClassifier.Load(new MemoryStream(saved), "classifier.json");

        Assert.Equal(saved, Save(TraitClassifier.Train(Texts(1, 30))));
        Assert.Equal(saved, Save(loaded));
        Assert.Equal(classifier.Predict("alone with quiet music").Probabilities, loaded.Predict("alone with quiet music").Probabilities);
    }

    [Fact]
    public void A_file_of_another_kind_or_a_cut_file_is_refused_by_name()
    {
        string text = Encoding.UTF8.GetString(Save(TraitClassifier.Train(Texts(1, 10))));
        string cut = text[..text.LastIndexOf(',')] + "]}";

        foreach (string wrong in (string[])["{}", "[1", cut, text.Replace("classifier.1", "classifier.9", StringComparison.Ordinal)])
        {
            MeasureFileException thrown = Assert.Throws<MeasureFileException>(
                () => TraitClassifier.Load(new MemoryStream(Encoding.UTF8.GetBytes(wrong)), "a/classifier.json"));
            Assert.StartsWith("a/classifier.json: ", thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_label_is_refused() =>
        Assert.Throws<ArgumentException>(() => TraitClassifier.Train([new("a b", "x"), new("c d", "x")]));

    [Fact]
    public void The_gradient_is_that_of_the_loss()
    {
        int[][] rows = [[0, 2], [1], [], [0, 1, 2]];
        var regression = new SoftmaxRegression(rows, [0, 1, 2, 1], 3, 3, 0.01);
        double[] point = [.. Enumerable.Range(0, regression.Parameters).Select(i => Math.Sin(i))];
        double[] gradient = new double[point.Length], unused = new double[point.Length];
        regression.Evaluate(point, gradient);

        for (int i = 0; i < point.Length; i++)
        {
            double[] up = [.. point], down = [.. point];
            up[i] += 1e-5;
            down[i] -= 1e-5;
            double slope = (regression.Evaluate(up, unused) - regression.Evaluate(down, unused)) / 2e-5;
            Assert.Equal(slope, gradient[i], 1e-9);
        }
    }

    [Fact]
    public void Words_keep_inner_apostrophes_and_drop_all_marks_and_digits() =>
        Assert.Equal(["i", "don't", "like", "été"], TextFeatures.Words("I don’t 'like' 3 ÉTÉ! 👍"));

    [Theory]
    [InlineData(-700.0)]
    [InlineData(-1.5)]
    [InlineData(1e-9)]
    [InlineData(0.3)]
    [InlineData(200.25)]
    public void Portable_exp_and_log_agree_with_the_runtime(double x)
    {
        double e = PortableMath.Exp(x);

        Assert.Equal(Math.Exp(x), e, Math.Exp(x) * 1e-14);
        Assert.Equal(x, PortableMath.Log(e), Math.Max(1e-15, Math.Abs(x) * 1e-14));
    }

    [Fact]
    public void Macro_f1_counts_a_label_that_never_occurs()
    {
        // a: 2 of 3 right, F1 = 4/5; b: F1 = 2/3; c never occurs: 0.
        ClassifierEvaluation evaluation = ClassifierEvaluation.Of(["a", "b", "c"], ["a", "a", "a", "b"], ["a", "a", "b", "b"]);

        Assert.Equal(((4.0 / 5) + (2.0 / 3)) / 3, evaluation.MacroF1.Value, 1e-15);
        Assert.Equal(0.75, evaluation.Accuracy.Value.Estimate);
    }

    private static byte[] Save(TraitClassifier classifier)
    {
        using var stream = new MemoryStream();
        classifier.Save(stream);
        return stream.ToArray();
    }

    private static List<LabelledText> Texts(long seed, int each)
    {
        var stream = new RandomStream(seed, "texts");
        var texts = new List<LabelledText>();
        foreach ((string label, string[] words) in ((string, string[])[])
            [
                ("extraversion-high", ["party", "everyone", "loud", "friends"]),
                ("extraversion-low", ["alone", "quiet", "home", "silence"]),
                ("neutral", ["some", "depends", "various", "opinions"]),
            ])
        {
            for (int i = 0; i < each; i++)
            {
                string[] chosen = [.. Enumerable.Range(0, 10).Select(n => stream.NextInt(3) == 0 || n == 0 ? stream.Choose(words) : stream.Choose(Shared))];
                texts.Add(new LabelledText(string.Join(' ', chosen), label));
            }
        }

        return texts;
    }
}
