using Temperament.Models;
using Xunit;

namespace Temperament.Tests.Models;

public sealed class BaseQuantizationTests
{
    [Fact]
    public void Every_storage_has_one_word()
    {
        Assert.Equal(Enum.GetValues<BaseQuantization>().Order(), BaseQuantizationNames.All.Select(word => BaseQuantizationNames.Parse(word)!.Value).Order());
        Assert.All(BaseQuantizationNames.All, word => Assert.Equal(word, BaseQuantizationNames.Of(BaseQuantizationNames.Parse(word)!.Value)));
        Assert.Null(BaseQuantizationNames.Parse("int8"));
    }
}
