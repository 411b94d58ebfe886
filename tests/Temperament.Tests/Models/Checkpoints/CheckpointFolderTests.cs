using Temperament.Models.Checkpoints;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Checkpoints;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly string _folder = TemporaryFolder.New("temper");

    [Fact]
    public void A_file_on_the_disk_is_mapped_and_read()
    {
        string path = Path.Combine(_folder, "model.safetensors");
        SafetensorsWriter.Write(path, [SafetensorsTensor.F32("a", [2], [1, 2])]);
        var folder = new CheckpointFolder(_folder);

        using SafetensorsFile file = folder.OpenSafetensors("model.safetensors");

        Assert.Equal([1f, 2f], file.ReadFloats("a"));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_no_other()
    {
        string path = Path.Combine(_folder, "f");
        AtomicFile.Write(path, "old"u8.ToArray());

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, _ => throw new InvalidOperationException()));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("a\\b")]
    public void Names_that_lead_out_of_the_folder_are_refused(string name)
    {
        var folder = new CheckpointFolder(_folder);

        Assert.Throws<CheckpointException>(() => folder.ReadAll(name));
    }

    [Fact]
    public void Missing_files_and_folders_are_named()
    {
        var folder = new CheckpointFolder(_folder);

        Assert.Contains("config.json", Assert.Throws<CheckpointException>(() => folder.ReadAll("config.json")).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", Assert.Throws<CheckpointException>(() => new CheckpointFolder("nowhere")).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => folder.OpenSafetensors("x.safetensors"));
        File.WriteAllBytes(Path.Combine(_folder, "empty"), []);
        Assert.Contains("0 bytes", Assert.Throws<CheckpointException>(() => folder.OpenSafetensors("empty")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
