using System.Runtime.CompilerServices;
using Xunit;

namespace Temperament.Tests.Support;

/// <summary>
/// Compares text with the file CLASS.METHOD.verified.txt beside the test. On a difference it writes CLASS.METHOD.received.txt there and
/// fails; a person looks at the two and renames the second if it is right.
/// </summary>
internal static class Snapshot
{
    public static void Match(string actual, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        string folder = Path.GetDirectoryName(Locate(file))!;
        string name = $"{Path.GetFileNameWithoutExtension(file)}.{method}";
        string verified = Path.Combine(folder, name + ".verified.txt");
        string received = Path.Combine(folder, name + ".received.txt");
        string? expected = File.Exists(verified) ? File.ReadAllText(verified) : null;
        if (expected == actual)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail(expected is null
            ? $"There is no {verified}. Look at {received} and rename it if it is right."
            : $"The text differs from {verified} {FirstDifference(expected, actual)}. Look at {received} and rename it if it is right.");
    }

    private static string FirstDifference(string expected, string actual)
    {
        string[] first = expected.Split('\n');
        string[] second = actual.Split('\n');
        int line = Enumerable.Range(0, Math.Max(first.Length, second.Length))
            .First(index => first.ElementAtOrDefault(index) != second.ElementAtOrDefault(index));
        return $"in line {line + 1}: expected \"{first.ElementAtOrDefault(line)}\", read \"{second.ElementAtOrDefault(line)}\"";
    }

    /// <summary>A deterministic build writes the paths of sources with another root; the tests know their own root.</summary>
    private static string Locate(string file)
    {
        if (File.Exists(file))
        {
            return file;
        }

        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Temperament.slnx")))
        {
            root = root.Parent;
        }

        Assert.SkipWhen(root is null, "Temperament.slnx is not above the tests, so the snapshots cannot be found.");
        int start = file.Replace('\\', '/').IndexOf("tests/Temperament.Tests/", StringComparison.Ordinal);
        return Path.Combine(root.FullName, file[Math.Max(0, start)..]);
    }
}
