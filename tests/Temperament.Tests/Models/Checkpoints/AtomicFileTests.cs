using Temperament.Models.Checkpoints;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints;

public sealed class AtomicFileTests
{
    [Fact]
    public void The_path_has_the_old_content_until_the_new_one_is_finished()
    {
        string folder = TemporaryFolder.New("temper-atomic"), path = Path.Combine(folder, "state");
        AtomicFile.Write(path, new byte[] { 1 });

        UnfinishedFile begun = AtomicFile.Begin(path, stream => stream.Write([2, 3]));
        Assert.Equal([1], File.ReadAllBytes(path));
        begun.Finish();

        Assert.Equal([2, 3], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Begin(path, _ => throw new InvalidOperationException()));
        Assert.Equal([path], Directory.GetFiles(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        string folder = Path.Combine(Path.GetTempPath(), "temper-no-such-folder"), path = Path.Combine(folder, "logits.safetensors");

        var error = Assert.Throws<CheckpointException>(() => AtomicFile.Write(path, new byte[1]));

        Assert.Equal($"{path}: read no folder {folder}; expected a folder to write into. Make it first, or check the path.", error.Message);
    }
}
