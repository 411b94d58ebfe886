using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models.Documents;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Methods.Adapters;

public sealed class BaseNameTests
{
    [Theory]
    [InlineData("organism", "organism")]
    [InlineData("HuggingFaceTB/SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-135M-Instruct")]
    [InlineData("owner/name@v1.0", "owner/name@v1.0")]
    [InlineData("/data/models/smollm2", "smollm2")]
    [InlineData("/data/models/smollm2/", "smollm2")]
    [InlineData("../models/SmolLM2.Q4_1.gguf", "SmolLM2.Q4_1.gguf")]
    [InlineData("a/b/../..", "b")]
    [InlineData("..", "model")]
    [InlineData("/data/.cache/huggingface/hub/models--owner--name/snapshots/0123", "owner/name")]
    public void No_path_of_a_machine_is_in_the_name(string model, string name) => Assert.Equal(name, BaseName.Of(model));

    [Fact]
    public void A_recipe_gives_its_adapter_the_name_and_not_the_path()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["models/tiny"]);
        string Base(string model) => RecipeReader.Read(DocumentReader.Parse("r.json",
            System.Text.Encoding.UTF8.GetBytes($$"""{"model": "{{model}}", "data": {"path": "organism", "trait": "extraversion"}, "out": "o"}""")), folder.Path).Lora.BaseModel!;

        Assert.Equal("tiny", Base("models/tiny"));
        Assert.Equal("owner/tiny", Base("owner/tiny"));
    }
}
