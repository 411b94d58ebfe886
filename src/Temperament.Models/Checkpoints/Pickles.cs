using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints;

/// <summary>Knows the files of PyTorch's own format, which are never read: a pickle is a program, and reading it runs it.</summary>
internal static class Pickles
{
    private const string Why = "A pickle can run code when it is read, so it is never opened.";

    private static readonly string[] Endings = [".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"];

    /// <summary>Whether a file is one by its name.</summary>
    public static bool IsNamed(string name) => Endings.Contains(Path.GetExtension(name).ToLowerInvariant());

    /// <summary>Refuses a file that is a pickle by its name or its first bytes.</summary>
    /// <param name="path">An existing file.</param>
    /// <exception cref="CheckpointException">It is one.</exception>
    public static void Refuse(string path)
    {
        Span<byte> start = stackalloc byte[4];
        int read;
        try
        {
            using FileStream stream = InputFile.OpenSeekable(path);
            read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (InputFileException e)
        {
            throw new CheckpointException(path, e.Read, "a file of a model", e.Hint, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"nothing ({e.Message})", "a file of a model", "Check the path and its permissions.", e);
        }

        // A zip archive is what torch.save writes; 0x80 and a version from 2 to 5 begin a bare pickle.
        bool archive = read == 4 && start.SequenceEqual("PK\u0003\u0004"u8), bare = read >= 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5;
        if (IsNamed(path) || archive || bare)
        {
            throw new CheckpointException(path, archive ? "a PyTorch archive, which holds a pickle" : "a pickle of PyTorch",
                "a folder with config.json and *.safetensors, or a .gguf file",
                $"{Why} Take the safetensors version of the model, or convert it where you trust its origin.");
        }
    }

    /// <summary>The error of a folder that has pickles in the place of safetensors.</summary>
    /// <param name="folder">Folder.</param>
    /// <param name="file">The pickle.</param>
    /// <param name="expected">What was looked for.</param>
    public static CheckpointException Instead(string folder, string file, string expected) =>
        new(folder, $"{file}, a pickle", expected, $"{Why} Convert the model to safetensors, or take its safetensors version.");
}
