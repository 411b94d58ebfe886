using Temperament.Models.Decoder;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Decoder;

public sealed class LanguageLossTests
{
    [Theory]
    [InlineData(80, 1032)]
    [InlineData(32000, 516)]
    [InlineData(49152, 336)]
    [InlineData(128256, 252)]
    public void Logits_are_made_for_whole_tiles_of_rows_in_64_MiB_where_those_are_enough(int vocabulary, int rows) =>
        Assert.Equal(rows, LanguageLoss.RowsAtOnce(vocabulary));

    [Fact]
    public void Scoring_holds_the_logits_of_a_few_rows_only()
    {
        const int Rows = 3072, Vocabulary = 4096;
        using var pool = new ComputePool(1);
        DecoderNetwork network = TinyDecoder.Create(pool, other: TinyDecoder.Config with { VocabularySize = Vocabulary, Layers = 1 });
        using var state = new DecoderState(keepsActivations: false);

        TokenBatch batch = TokenBatch.From([.. Enumerable.Range(0, Rows / 32).Select(s => TinyDecoder.Sequence(32, s))]);

        // Arenas take the size that the pass before needed.
        LanguageLoss.Score(network, batch, state);
        float[] losses = LanguageLoss.Score(network, batch, state);

        Assert.Equal(Rows - (Rows / 32), losses.Count(l => l > 0));
        Assert.InRange(state.Bytes, (long)LanguageLoss.RowsAtOnce(Vocabulary) * Vocabulary * sizeof(float), (long)Rows * Vocabulary * sizeof(float) / 2);
    }
}
