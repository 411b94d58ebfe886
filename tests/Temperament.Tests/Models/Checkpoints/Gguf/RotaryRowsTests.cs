using Temperament.Models.Checkpoints.Gguf;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints.Gguf;

public sealed class RotaryRowsTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(64)]
    public void The_two_orders_undo_each_other_within_each_head(int headSize)
    {
        for (int row = 0; row < 3 * headSize; row++)
        {
            int halves = RotaryRows.InHalves(row, headSize);

            Assert.Equal(row / headSize, halves / headSize);
            Assert.Equal(row, RotaryRows.InPairs(halves, headSize));
        }

        Assert.Equal(headSize / 2, RotaryRows.InHalves(1, headSize));
    }
}
