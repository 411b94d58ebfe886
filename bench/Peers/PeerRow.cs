namespace Temperament.Benchmarks.Peers;

/// <summary>What one engine reached on a product.</summary>
/// <param name="Engine">Its name.</param>
/// <param name="Rate">GFLOP/s, the median round.</param>
/// <param name="Ratio">Our rate over its rate of the same round, the median; 1 for ourselves.</param>
internal sealed record PeerFigure(string Engine, double Rate, double Ratio);

/// <summary>One product on all engines.</summary>
/// <param name="Kernel">Name of the product.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Limit">Multiply-adds of the machine in the same rounds, GFLOP/s.</param>
/// <param name="Share">Our share of the limit, the median round.</param>
/// <param name="Figures">The engines, ours first.</param>
internal sealed record PeerRow(string Kernel, string Shape, double Limit, double Share, IReadOnlyList<PeerFigure> Figures)
{
    /// <summary>From rounds in which limit and engines took turns.</summary>
    /// <param name="shape">The product.</param>
    /// <param name="engines">Names, ours first.</param>
    /// <param name="limits">The limit in each round.</param>
    /// <param name="rates">GFLOP/s by engine and round.</param>
    public static PeerRow Of(ProductShape shape, IReadOnlyList<string> engines, double[] limits, double[][] rates) => new(
        shape.Kernel,
        shape.ToString(),
        Rounds.Median(limits),
        Rounds.MedianRatio(rates[0], limits),
        [.. engines.Select((name, e) => new PeerFigure(name, Rounds.Median(rates[e]), Rounds.MedianRatio(rates[0], rates[e])))]);

    public static string Header(IReadOnlyList<string> engines) =>
        $"{"kernel",-21}{"shape",-20}{"limit",7}{"ours",8}{"share",8}" + string.Concat(engines.Skip(1).Select(name => $"{name,12}{"ours/it",9}"));

    public string Line => FormattableString.Invariant($"{Kernel,-21}{Shape,-20}{Limit,7:F0}{Figures[0].Rate,8:F1}{100 * Share,6:F1} %")
        + string.Concat(Figures.Skip(1).Select(f => FormattableString.Invariant($"{f.Rate,12:F1}{f.Ratio,8:F2}x")));
}

/// <summary>Statistics over rounds.</summary>
internal static class Rounds
{
    /// <summary>The middle value; the upper one of two. The values stay in their order.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>The middle of the quotients of the same rounds.</summary>
    public static double MedianRatio(IReadOnlyList<double> over, IReadOnlyList<double> under) => Median(over.Zip(under, (a, b) => a / b));
}
