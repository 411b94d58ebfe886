namespace Temperament.Benchmarks.Runs;

/// <summary>Marks of measurements that are held against a limit.</summary>
internal static class Share
{
    /// <summary>Of a figure that should be high.</summary>
    public static string Mark(double share, double must, double reach) => share >= reach ? "PASS+" : share >= must ? "PASS" : "miss";

    /// <summary>Of a figure that should be low.</summary>
    public static string MarkLow(double figure, double must, double reach) => figure <= reach ? "PASS+" : figure <= must ? "PASS" : "miss";
}
