using Temperament.Benchmarks.Peers;
using Temperament.Benchmarks.Runs;
using Temperament.Models.Decoder;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;
using Temperament.Tensors.Diagnostics;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.Tests.Benchmarks;

public sealed class RunTests
{
    [Fact]
    public void Time_outside_of_kernels_is_what_the_kernels_leave()
    {
        IReadOnlyList<TimeRow> rows = TimeTable.Of([new("Rope.Job", 3, 1), new("MatMulTask", 5, 4), new("Softmax.ForwardJob", 1, 2)], seconds: 10);

        Assert.Equal(["products, many rows", "Softmax.Forward", "Rope", TimeTable.Elsewhere], rows.Select(r => r.Kernel));
        Assert.Equal([0.4, 0.2, 0.1, 0.3], rows.Select(r => Math.Round(r.Share, 9)));
        Assert.Equal([5L, 1, 3, 0], rows.Select(r => r.Calls));
    }

    [Fact]
    public void A_ratio_of_rounds_is_of_the_same_round()
    {
        double[] ours = [10, 20, 30, 5, 100], theirs = [5, 10, 15, 1, 200];

        Assert.Equal(2, Rounds.MedianRatio(ours, theirs));
        Assert.Equal(20, Rounds.Median(ours));
        Assert.Equal([10, 20, 30, 5, 100], ours);
    }

    [Fact]
    public void A_row_of_peers_has_our_share_and_a_ratio_to_each()
    {
        var row = PeerRow.Of(
            new ProductShape(ProductKind.Forward, 2, 3, 4), ["temper", "other"], [100, 200, 100], [[90, 100, 95], [45, 200, 50]]);

        Assert.Equal(("fp32 product", "2 x 3 x 4", 100.0, 0.9), (row.Kernel, row.Shape, row.Limit, row.Share));
        Assert.Equal([new PeerFigure("temper", 95, 1), new PeerFigure("other", 50, 1.9)], row.Figures);
        Assert.EndsWith("1.90x", row.Line, StringComparison.Ordinal);
        Assert.Equal(PeerRow.Header(["temper", "other"]).Length, row.Line.Length);
    }

    [Fact]
    public void The_main_work_of_the_embedded_study_is_one_adapter_and_the_unchanged_model()
    {
        StudySpec study = StudyOpening.Open(null, null, null, "unused").Spec;

        StudySpec work = StudyBench.MainWork(study);

        Assert.Equal([study.Models[0]], work.Models);
        Assert.Equal(2, RunPlan.Of(work).Count);
        Assert.Contains(RunPlan.Of(work), cell => cell.Method == study.Primary.Method && cell.Target == study.Primary.Target);
        Assert.Null(work.Neurons);
    }

    [Fact]
    public void Operations_are_counted_by_what_is_multiplied()
    {
        // 22 blocks of 2048 x (2048 + 2 x 256 + 2048) for attention and 3 x 2048 x 5632, and a head of 32000 x 2048.
        Assert.Equal(968_884_224 + 65_536_000, ModelShape.Multiplied(ModelShape.Llama1B));
        Assert.All(TrainingCase.All, c => Assert.Equal((c.Lora is null || c.Checkpointing ? 6 : 4) * ModelShape.Multiplied(c.Shape) * c.Tokens, c.Operations));
        TrainingCase again = TrainingCase.All.First(c => c.Checkpointing);
        Assert.Equal(((6.0 * 968_884_224) - (2.0 * 22 * 2048 * 5632) + (4.0 * 65_536_000)) * 512, again.OperationsDone);
    }

    [Theory]
    [InlineData(WeightFormat.F32)]
    [InlineData(WeightFormat.Bf16)]
    [InlineData(WeightFormat.Nf4)]
    public void A_random_model_runs_in_every_storage(WeightFormat format)
    {
        using var pool = new ComputePool(2);
        DecoderConfig shape = ModelShape.Organism with { Layers = 1, VocabularySize = 64 };
        using var model = new RandomModel(shape, format, pool);
        using var state = new DecoderState(keepsActivations: false);

        Tensor final = model.Network.Forward(TokenBatch.From([new TokenSequence([1, 2, 3])]), state);

        Assert.True(Temperament.Tensors.Kernels.Elementwise.AllFinite(final));
        Assert.InRange(model.WeightBytes, 64 * 128 * 4, (shape.ParameterCount + 1) * 4);
    }

    [Fact]
    public void The_peak_of_memory_is_known() => Assert.True(PeakMemory.Bytes > 1 << 20);
}
