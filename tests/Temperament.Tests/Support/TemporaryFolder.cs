namespace Temperament.Tests.Support;

/// <summary>A folder of a test, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private static readonly Lazy<string> Root = new(CreateRoot);

    public TemporaryFolder() => Path = New("");

    public string Path { get; }

    /// <summary>Path of a file in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Path of a new folder that is gone, at the latest, with the process of the tests.</summary>
    /// <param name="name">Begins the folder's name.</param>
    public static string New(string name)
    {
        string path = System.IO.Path.Combine(Root.Value, $"{name}{System.IO.Path.GetRandomFileName()}");
        return Directory.CreateDirectory(path).FullName;
    }

    /// <summary>Writes a file.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, true);

    private static string CreateRoot()
    {
        string root = Directory.CreateTempSubdirectory("temperament-tests-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, true);
        return root;
    }
}
