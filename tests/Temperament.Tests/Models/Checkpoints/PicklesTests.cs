using Temperament.Models.Checkpoints;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints;

public sealed class PicklesTests : IDisposable
{
    private readonly string _folder = TemporaryFolder.New("temper");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pytorch_model.bin", new byte[] { 1, 2, 3, 4 })]
    [InlineData("model.PT", new byte[] { 1 })]
    [InlineData("model.pth", new byte[0])]
    [InlineData("renamed.gguf", new byte[] { (byte)'P', (byte)'K', 3, 4, 0 })]
    [InlineData("renamed.safetensors", new byte[] { 0x80, 2, (byte)'}' })]
    public void A_pickle_is_refused_by_its_name_or_its_bytes(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);

        CheckpointException error = Assert.Throws<CheckpointException>(() => ModelSource.Open(path));

        Assert.Equal(path, error.Path);
        Assert.Contains("can run code when it is read", error.Message, StringComparison.Ordinal);
        Assert.Contains("safetensors", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("pytorch_model.bin.index.json")]
    [InlineData("consolidated.00.pth")]
    public void A_folder_of_pickles_is_refused(string name)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), """
            {"architectures":["LlamaForCausalLM"],"hidden_size":16,"num_attention_heads":2,"vocab_size":8,"intermediate_size":16,"num_hidden_layers":1}
            """);
        File.WriteAllBytes(Path.Combine(_folder, name), [0x80, 2]);

        CheckpointException error = Assert.Throws<CheckpointException>(() => ModelSource.Open(_folder));

        Assert.Contains($"{name}, a pickle", error.Message, StringComparison.Ordinal);
        Assert.Contains("never opened", error.Hint, StringComparison.Ordinal);
    }
}
