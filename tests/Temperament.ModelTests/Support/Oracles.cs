using Xunit;

namespace Temperament.ModelTests.Support;

/// <summary>Finds golden files of the repository and, where it is there, the reference folder beside it.</summary>
internal static class Oracles
{
    /// <summary>Root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A folder or file below tests/golden.</summary>
    public static string Golden(params string[] parts) => Path.Combine([Root, "tests", "golden", .. parts]);

    /// <summary>A folder or file of the reference folder; the test is skipped where it is absent.</summary>
    public static string Shared(params string[] parts)
    {
        string path = Path.GetFullPath(Path.Combine([Root, "..", "shared", .. parts]));
        Assert.SkipUnless(Path.Exists(path), $"../shared/{string.Join('/', parts)} is not there");
        return path;
    }

    /// <summary>Normalised squared error: sum (a - b)^2 / sum b^2.</summary>
    public static double Nmse(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double error = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = (double)actual[i] - expected[i];
            error += difference * difference;
            norm += (double)expected[i] * expected[i];
        }

        return norm == 0 ? error : error / norm;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Temperament.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("Temperament.slnx stands in no folder above the tests.");
    }
}
