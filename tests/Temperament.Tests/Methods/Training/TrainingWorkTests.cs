using Temperament.Benchmarks.Runs;
using Temperament.Methods.Training;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.Tests.Methods.Training;

public sealed class TrainingWorkTests
{
    // Two blocks of 8 x (8 + 4 + 4) + 8 x 8 for attention and 3 x 8 x 24 for the MLP, and a head of 32 x 8.
    private const double Blocks = 2 * ((8 * 16) + (8 * 8) + (3 * 8 * 24)), Down = 2 * 8 * 24, Head = 32 * 8;

    private static readonly TrainingStep Step = new(0, 1, 1, 1, Targets: 5, Tokens: 7);

    [Fact]
    public void Blocks_work_on_all_tokens_and_the_head_on_those_with_a_target()
    {
        Assert.Equal((4 * Blocks * 7) + (4 * Head * 5), Operations(Step, trainsAll: false, checkpointing: false));
        Assert.Equal((6 * Blocks * 7) + (6 * Head * 5), Operations(Step, trainsAll: true, checkpointing: false));
    }

    [Fact]
    public void Computing_blocks_again_leaves_out_head_and_last_layer()
    {
        double once = Operations(Step, trainsAll: false, checkpointing: false);

        Assert.Equal(once + (2 * (Blocks - Down) * 7), Operations(Step, trainsAll: false, checkpointing: true));
    }

    [Fact]
    public void Preferences_are_scored_by_the_reference_too()
    {
        TrainingStep pairs = Step with { Preferences = new StepPreferences(1, 1) };

        Assert.Equal((6 * Blocks * 7) + (8 * Head * 5), Operations(pairs, trainsAll: false, checkpointing: false));
    }

    private static double Operations(TrainingStep step, bool trainsAll, bool checkpointing)
    {
        DecoderConfig shape = ModelShape.Organism with
        {
            VocabularySize = 32, HiddenSize = 8, FeedForwardSize = 24, Layers = 2, Heads = 2, KeyValueHeads = 1, HeadSize = 4,
        };
        using var pool = new ComputePool(1);
        using var model = new RandomModel(shape, WeightFormat.F32, pool);
        return TrainingWork.Operations(model.Network, step, trainsAll, checkpointing);
    }
}
