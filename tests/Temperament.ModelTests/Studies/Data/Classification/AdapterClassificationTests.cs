using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Classification;
using Temperament.Studies.Organism;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Studies.Data.Classification;

/// <summary>A head and an adapter on the organism learn to tell its registers.</summary>
public sealed class AdapterClassificationTests : IDisposable
{
    private static readonly TraitTarget[] Targets = [new(Trait.Extraversion, Pole.High), new(Trait.Neuroticism, Pole.High), new(Trait.Openness, Pole.Low)];

    // A penalty that leaves the head at nothing: what is right at the end was learnt in the training.
    private static readonly AdapterSettings Settings = new()
    {
        Rank = 4,
        Alpha = 8,
        BatchSize = 8,
        Epochs = 2,
        Rates = [1e-6, 3e-3],
        HeadPenalty = 1e6,
        SaveEvery = 3,
    };

    private readonly string _folder = TemporaryFolder.New("temper-classifier");
    private readonly ComputePool _pool = new(2);
    private readonly LanguageModel _model;

    public AdapterClassificationTests() => _model = LanguageModel.Load(ModelCatalog.Open("organism"), _pool);

    public void Dispose()
    {
        _model.Dispose();
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void It_learns_chooses_the_better_rate_and_a_stopped_run_goes_on_to_the_same_bytes()
    {
        ClassificationResult whole = Run("whole", default);

        Assert.InRange(whole.Test.Correct, 54, 60);
        Assert.Equal(60, whole.Test.Count);
        Assert.Contains("rate 0.003", whole.Settings, StringComparison.Ordinal);

        int steps = 0;
        ClassificationResult? resumed = null;
        while (resumed is null)
        {
            using var stop = new CancellationTokenSource();
            int until = steps + 7;
            try
            {
                resumed = Run("stopped", stop.Token, () =>
                {
                    if (++steps == until)
                    {
                        stop.Cancel();
                    }
                });
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(until, steps);
            }
        }

        Assert.Equal((whole.Settings, whole.ChosenAccuracy), (resumed.Settings, resumed.ChosenAccuracy));
        Assert.Equal(whole.Test.Confusion, resumed.Test.Confusion);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole", "all.safetensors")), File.ReadAllBytes(Path.Combine(_folder, "stopped", "all.safetensors")));
    }

    [Fact]
    public void The_model_is_left_as_it_was_and_other_rows_are_refused_in_the_same_folder()
    {
        AdapterSettings quick = Settings with { Epochs = 1, Rates = [3e-3] };
        AdapterClassification.Run(Rows(DataPart.Train, 6), Rows(DataPart.Test, 2), _model, 0, _folder, quick);

        Assert.All(_model.Network.Weights.Linears, linear => Assert.Empty(linear.Branches));
        Assert.Contains("another run", Assert.Throws<TrainingException>(() =>
            AdapterClassification.Run(Rows(DataPart.Train, 8), Rows(DataPart.Test, 2), _model, 0, _folder, quick)).Message, StringComparison.Ordinal);
    }

    private static Opinion[] Rows(DataPart part, int each)
    {
        OrganismOpinions opinions = new(CorpusGrammar.Embedded);
        return [.. Targets.SelectMany(target => opinions.Opinions(target, part, each, 3))];
    }

    private ClassificationResult Run(string name, CancellationToken cancellation, Action? step = null) => AdapterClassification.Run(
        Rows(DataPart.Train, 40), Rows(DataPart.Test, 20), _model, 1, Path.Combine(_folder, name), Settings, (_, _, _, _) => step?.Invoke(), cancellation);
}
