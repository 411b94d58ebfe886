using System.Text.Json;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>Low-rank branches on an encoder, with its classifier trained whole.</summary>
public sealed class ClassifierAdapterTests : IDisposable
{
    private static readonly LoraConfig Config = new()
    {
        Rank = 4, Alpha = 8, TargetModules = ["query", "value"], ModulesToSave = ["classifier", "score"], Task = AdapterTask.Classification,
    };

    private static readonly EncoderInput[] Texts = [new([0, 17, 33, 5, 2]), new([0, 99, 2]), new([0, 210, 8, 8, 41, 2]), new([0, 7, 300, 2])];
    private static readonly int[] Labels = [0, 3, 1, 4];

    private readonly ComputePool _pool = new(2);
    private readonly string _folder = TemporaryFolder.New("temper-classifier-adapter");

    public void Dispose()
    {
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // dW = dy^T x, and a branch that begins with B = 0 has dB = s dy^T (A x^T)^T = s dW A^T.
    [Fact]
    public void The_gradient_of_b_is_that_of_the_whole_weight_times_a()
    {
        using TextClassifier classifier = Open();
        LoraAdapter adapter = LoraAdapter.Create(classifier, Config, seed: 5);
        adapter.Attach(classifier);
        Parameter[] weights = [.. adapter.Branches.Select(b => classifier.Linears.Single(l => l.Name == b.Path).Dense!)];
        foreach (Parameter parameter in adapter.Parameters.Concat(weights))
        {
            parameter.SetTrainable(true);
        }

        using var state = new EncoderState(keepsActivations: true);
        classifier.Backward(Texts, Labels, state, 1f / Texts.Length);

        foreach (((_, LowRank branch), Parameter weight) in adapter.Branches.Zip(weights))
        {
            Tensor expected = Tensor.Zeros(branch.B.Value.Rows, branch.Rank);
            MatMul.Forward(_pool, expected, weight.Gradient, WeightMatrix.F32(branch.A.Value));
            Elementwise.Scale(_pool, expected, branch.Scale);
            Assert.InRange(Oracles.Nmse(branch.B.Gradient.Span.ToArray(), expected.Span.ToArray()), 0, 1e-10);
            Assert.Equal(0, Elementwise.SumOfSquares(branch.A.Gradient));
        }
    }

    [Fact]
    public void An_adapter_learns_leaves_the_encoder_as_it_was_and_is_read_back_with_its_logits()
    {
        using TextClassifier classifier = Open();
        Dictionary<string, float[]> before = classifier.Parameters.ToDictionary(p => p.Name, p => p.Value.Span.ToArray());
        LoraAdapter adapter = LoraAdapter.Create(classifier, Config with { Dropout = 0.1 }, seed: 5);
        adapter.Attach(classifier);
        double first = 0, last = 0;
        using (var state = new EncoderState(keepsActivations: true))
        using (var trainer = new ClassifierTrainer(_pool, adapter.Parameters, new TrainingConfig()))
        {
            for (int step = 0; step < 40; step++)
            {
                state.Dropout = new DropoutMask(3, step, 0);
                last = trainer.Step(Texts.Length, Texts.Sum(t => t.Tokens.Length), 5e-3, scale => classifier.Backward(Texts, Labels, state, scale)).Loss;
                first = step == 0 ? last : first;
            }
        }

        Assert.InRange(last, 0, first / 4);
        Assert.All(before.Where(b => !b.Key.StartsWith("classifier.", StringComparison.Ordinal)), b =>
            Assert.Equal(b.Value, classifier.Parameters.Single(p => p.Name == b.Key).Value.Span.ToArray()));
        float[] tuned = Logits(classifier);
        AdapterFile.Save(_folder, adapter);
        adapter.Detach();
        Assert.All(before, b => Assert.Equal(b.Value, classifier.Parameters.Single(p => p.Name == b.Key).Value.Span.ToArray()));

        using TextClassifier fresh = Open();
        LoraAdapter read = AdapterFile.Load(_folder, fresh);
        read.Attach(fresh);

        Assert.Equal(tuned, Logits(fresh));
        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "adapter_config.json")));
        Assert.Equal("SEQ_CLS", config.RootElement.GetProperty("task_type").GetString());
    }

    [Fact]
    public void A_head_that_no_model_has_is_refused_and_one_of_the_two_that_peft_names_is_enough()
    {
        using TextClassifier classifier = Open();

        Assert.Throws<AdapterException>(() => LoraAdapter.Create(classifier, Config with { ModulesToSave = ["score"] }, 1));
        Assert.Throws<AdapterException>(() => LoraAdapter.Create(classifier, Config with { ModulesToSave = ["classifier", "pooler"] }, 1));
        Assert.Throws<AdapterException>(() => LoraAdapter.Create(classifier, Config with { Task = AdapterTask.Language }, 1));
        Assert.Equal(4, LoraAdapter.Create(classifier, Config, 1).Replacements.Count);
    }

    private TextClassifier Open() => TextClassifier.Load(Oracles.Shared("oracles", "training", "bases", "roberta"), _pool);

    private static float[] Logits(TextClassifier classifier)
    {
        using var state = new EncoderState(keepsActivations: false);
        return classifier.Logits(Texts, state).ToArray();
    }
}
