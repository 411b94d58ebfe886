using Temperament.Methods.Adapters;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Decoder;

public sealed class PooledClassifierTests : IDisposable
{
    private const int Classes = 3;
    private static readonly int[] Labels = [2, 0, 1];

    private readonly ComputePool _pool = new(2);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Gradients_of_head_and_adapter_are_those_of_central_differences()
    {
        DecoderNetwork network = TinyDecoder.Create(_pool);
        LoraAdapter adapter = LoraAdapter.Create(network, new LoraConfig { Rank = 2, Alpha = 4 }, 5);
        adapter.Attach(network);
        foreach ((_, LowRank branch) in adapter.Branches)
        {
            branch.B.Value.CopyFrom(Draw(branch.B.Value.Rows, branch.B.Value.Columns, branch.B.Name, 0.1));
        }

        PooledClassifier classifier = Head(network, Draw(Classes, 16, "weight", 0.3));
        Parameter[] trained = [.. adapter.Parameters, .. classifier.Parameters];
        TokenBatch batch = Batch();
        using var state = new DecoderState(keepsActivations: true);
        foreach (Parameter parameter in trained)
        {
            parameter.SetTrainable(true);
        }

        classifier.Backward(batch, Labels, state, 1f / Labels.Length);

        double Loss()
        {
            Tensor logits = classifier.Logits(batch, state);
            return Enumerable.Range(0, Labels.Length).Average(s =>
                Math.Log(Enumerable.Range(0, Classes).Sum(k => Math.Exp(logits[s, k]))) - logits[s, Labels[s]]);
        }

        // A direction that holds every parameter of one tensor: the loss is float32, so the step is coarse and the comparison is by tensor.
        foreach (Parameter parameter in trained)
        {
            Tensor direction = Draw(parameter.Value.Rows, parameter.Value.Columns, "direction/" + parameter.Name, 1);
            Tensor before = Tensor.From(parameter.Value.Span, parameter.Value.Rows, parameter.Value.Columns);
            double At(float step)
            {
                for (int i = 0; i < before.Span.Length; i++)
                {
                    parameter.Value.Span[i] = before.Span[i] + (step * direction.Span[i]);
                }

                return Loss();
            }

            double expected = (At(2e-3f) - At(-2e-3f)) / 4e-3, actual = 0;
            parameter.Value.CopyFrom(before);
            for (int i = 0; i < direction.Span.Length; i++)
            {
                actual += (double)parameter.Gradient.Span[i] * direction.Span[i];
            }

            Assert.True(Math.Abs(actual - expected) <= 2e-3 * Math.Max(0.2, Math.Abs(expected)), $"{parameter.Name}: {actual} by the backward pass, {expected} by differences");
        }
    }

    [Fact]
    public void Logits_are_the_head_on_the_standardised_mean_of_each_sequence()
    {
        DecoderNetwork network = TinyDecoder.Create(_pool);
        Tensor weight = Draw(Classes, 16, "weight", 0.3);
        using DecoderState state = new(keepsActivations: false), other = new(keepsActivations: false);
        TokenBatch batch = Batch();

        Tensor logits = Head(network, weight).Logits(batch, state);

        Tensor final = network.Forward(batch, other), means = Draw(1, 16, "means", 0.1);
        for (int s = 0; s < batch.Sequences; s++)
        {
            int[] rows = [.. Enumerable.Range(batch.Starts[s], batch.Starts[s + 1] - batch.Starts[s])];
            for (int k = 0; k < Classes; k++)
            {
                double expected = (0.1 * k) + Enumerable.Range(0, 16).Sum(c => weight[k, c] * 2.0 * (rows.Average(r => (double)final[r, c]) - means[0, c]));
                Assert.Equal(expected, logits[s, k], 1e-4);
            }
        }
    }

    [Fact]
    public void A_head_of_another_shape_is_refused() =>
        Assert.Contains("weights of (K, 16)", Assert.Throws<ArgumentException>(() => Head(TinyDecoder.Create(_pool), Tensor.Zeros(Classes, 17))).Message, StringComparison.Ordinal);

    private static TokenBatch Batch() => TokenBatch.From([TinyDecoder.Sequence(5, 1), TinyDecoder.Sequence(1, 2), TinyDecoder.Sequence(9, 3)]);

    private static PooledClassifier Head(DecoderNetwork network, Tensor weight) => new(network, Draw(1, 16, "means", 0.1),
        Tensor.From([.. Enumerable.Repeat(2f, 16)], 1, 16), weight, Tensor.From([0, 0.1f, 0.2f], 1, Classes));

    private static Tensor Draw(int rows, int columns, string name, double size)
    {
        var random = new RandomStream(11, name);
        return Tensor.From([.. Enumerable.Range(0, rows * columns).Select(_ => (float)(size * random.NextNormal()))], rows, columns);
    }
}
