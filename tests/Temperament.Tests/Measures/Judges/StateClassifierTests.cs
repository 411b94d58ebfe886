using Temperament.Measures.Judges;
using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Measures.Judges;

public sealed class StateClassifierTests
{
    private static readonly string[] Kinds = ["calm", "loud", "sad"];

    [Fact]
    public void Groups_that_lie_apart_are_told_apart_whatever_the_scale_of_a_feature()
    {
        (float[][] train, string[] trainLabels) = Groups(60, 1);
        (float[][] test, string[] testLabels) = Groups(30, 2);

        ClassifierEvaluation result = StateClassifier.Train(train, trainLabels, 1e-3).Evaluate(test, testLabels);

        Assert.Equal((90, 90), (result.Correct, result.Count));
    }

    [Fact]
    public void The_gradient_is_that_of_central_differences()
    {
        (float[][] rows, string[] labels) = Groups(4, 5);
        var regression = new DenseSoftmaxRegression(rows, [.. labels.Select(label => Array.IndexOf(Kinds, label))], 3, 0.1);
        RandomStream random = new(7, "point");
        double[] point = [.. Enumerable.Range(0, regression.Parameters).Select(_ => (0.2 * random.NextDouble()) - 0.1)], gradient = new double[point.Length], ignored = new double[point.Length];
        regression.Evaluate(point, gradient);
        for (int i = 0; i < point.Length; i++)
        {
            double at = point[i], step = 1e-5;
            point[i] = at + step;
            double above = regression.Evaluate(point, ignored);
            point[i] = at - step;
            double below = regression.Evaluate(point, ignored);
            point[i] = at;

            // Central differences of a function near 1 in double are good to about 1e-10 at this step.
            Assert.Equal((above - below) / (2 * step), gradient[i], 1e-6 * Math.Max(1, Math.Abs(gradient[i])));
        }
    }

    [Fact]
    public void A_head_needs_two_kinds_and_a_label_for_each_row()
    {
        (float[][] rows, string[] labels) = Groups(4, 5);

        Assert.Throws<ArgumentException>(() => StateClassifier.Train(rows, [.. labels.Select(_ => "one")], 1));
        Assert.Throws<ArgumentException>(() => StateClassifier.Train(rows, labels[1..], 1));
    }

    private static (float[][] Rows, string[] Labels) Groups(int each, long seed)
    {
        RandomStream random = new(seed, "groups");
        List<float[]> rows = [];
        List<string> labels = [];
        for (int i = 0; i < 3 * each; i++)
        {
            int kind = i % 3;
            rows.Add([(float)((kind == 0 ? 2 : 0) + random.NextDouble()), (float)(1000 * ((kind == 1 ? 2 : 0) + random.NextDouble())), (float)random.NextDouble(), 5]);
            labels.Add(Kinds[kind]);
        }

        return ([.. rows], [.. labels]);
    }
}
