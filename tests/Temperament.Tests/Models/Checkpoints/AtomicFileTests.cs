using Temperament.Models.Checkpoints;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        string folder = Path.Combine(Path.GetTempPath(), "temper-no-such-folder"), path = Path.Combine(folder, "logits.safetensors");

        var error = Assert.Throws<CheckpointException>(() => AtomicFile.Write(path, new byte[1]));

        Assert.Equal($"{path}: read no folder {folder}; expected a folder to write into. Make it first, or check the path.", error.Message);
    }
}
