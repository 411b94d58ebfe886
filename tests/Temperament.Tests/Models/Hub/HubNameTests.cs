using Temperament.Models.Checkpoints;
using Temperament.Models.Hub;
using Temperament.Studies.Organism;
using Xunit;

namespace Temperament.Tests.Models.Hub;

public sealed class HubNameTests
{
    [Theory]
    [InlineData("HuggingFaceTB/SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-135M-Instruct", "main", "models--HuggingFaceTB--SmolLM2-135M-Instruct")]
    [InlineData("a/b@refs/pr/1", "a/b", "refs/pr/1", "models--a--b")]
    [InlineData("a/b.c@v1.0", "a/b.c", "v1.0", "models--a--b.c")]
    public void A_name_is_owner_and_name_and_a_revision(string text, string repository, string revision, string folder)
    {
        Assert.True(HubName.TryParse(text, out HubName? name));
        Assert.Equal((repository, revision, folder), (name.Repository, name.Revision, name.Folder));
    }

    [Theory]
    [InlineData("organism")]
    [InlineData("a/b/c")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/b@../../x")]
    [InlineData("a/b@")]
    [InlineData("a--b/c")]
    [InlineData("a/b\n")]
    [InlineData("-a/b")]
    public void Anything_else_is_none(string text) => Assert.False(HubName.TryParse(text, out _));

    [Fact]
    public void The_variables_of_the_python_tools_are_read()
    {
        var variables = new Dictionary<string, string?> { ["HF_HOME"] = "/h", ["HF_ENDPOINT"] = "http://hub/", ["HF_TOKEN"] = " t ", ["HF_HUB_OFFLINE"] = "1" };

        HubSettings settings = HubSettings.Of(variables.GetValueOrDefault);

        Assert.Equal((Path.Combine("/h", "hub"), "http://hub/", "t", true), (settings.Cache, settings.Endpoint.ToString(), settings.Token, settings.IsOffline));
        Assert.Equal(TimeSpan.FromSeconds(5), HubSettings.Of(name => name == "HF_HUB_DOWNLOAD_TIMEOUT" ? "5" : null).Silence);
        Assert.Equal(TimeSpan.FromSeconds(30), HubSettings.Of(name => name == "HF_HUB_DOWNLOAD_TIMEOUT" ? "soon" : null).Silence);
        Assert.Equal("/c", HubSettings.Of(name => name == "HF_HUB_CACHE" ? "/c" : null).Cache);
        Assert.EndsWith(Path.Combine("huggingface", "hub"), HubSettings.Of(name => name == "XDG_CACHE_HOME" ? "/x" : null).Cache, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_name_of_an_embedded_model_gives_the_nearest() =>
        Assert.Contains("Did you mean \"organism\"?", Assert.Throws<CheckpointException>(() => ModelCatalog.Open("orgnaism")).Message, StringComparison.Ordinal);
}
