using System.Text.Json;
using Temperament.Measures.Statistics;
using Temperament.Measures.Statistics.Distributions;
using Xunit;

namespace Temperament.ModelTests.Measures.Statistics;

public class StatisticsOracleTests
{
    private static readonly Dictionary<string, MultiplicityMethod> Methods = new()
    {
        ["bonferroni"] = MultiplicityMethod.Bonferroni,
        ["holm"] = MultiplicityMethod.Holm,
        ["sidak"] = MultiplicityMethod.Sidak,
        ["holm-sidak"] = MultiplicityMethod.HolmSidak,
        ["simes-hochberg"] = MultiplicityMethod.Hochberg,
        ["fdr_bh"] = MultiplicityMethod.BenjaminiHochberg,
        ["fdr_by"] = MultiplicityMethod.BenjaminiYekutieli,
    };

    [Theory]
    [InlineData("intervals", 159)]
    [InlineData("mcnemar", 44)]
    [InlineData("paired", 25)]
    [InlineData("effect_sizes", 31)]
    [InlineData("multiplicity", 84)]
    [InlineData("correlation", 20)]
    [InlineData("bootstrap", 7)]
    [InlineData("distributions", 200)]
    public void The_golden_cases_have_the_expected_values(string family, int atLeast) =>
        Check(OracleFiles.Golden($"stats/{family}.json"), atLeast);

    [Theory]
    [InlineData("correlation", 108)]
    [InlineData("bootstrap", 12)]
    [InlineData("distributions", 400)]
    [InlineData("edge", 18)]
    public void All_cases_have_the_expected_values(string family, int atLeast) =>
        Check(OracleFiles.Shared($"oracles/stats/{family}.json"), atLeast);

    private static void Check(string path, int atLeast)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        var wrong = new List<string>();
        int compared = 0;
        foreach (JsonElement one in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var comparison = new Comparison(one.GetProperty("out"));
            if (!Compute(one.GetProperty("op").GetString()!, one.GetProperty("in"), comparison))
            {
                continue;
            }

            compared++;
            if (comparison.Differences.Count > 0)
            {
                wrong.Add($"{one.GetProperty("id")}: {string.Join("; ", comparison.Differences)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(compared >= atLeast, $"{compared} cases were compared, {atLeast} expected");
    }

    /// <summary>Computes what a case asks for; false where the operation is not one of ours.</summary>
    private static bool Compute(string op, JsonElement input, Comparison c)
    {
        switch (op)
        {
            case "wilson": c.Interval(() => ProportionInterval.Wilson(Int(input, "k"), Int(input, "n"), Level(input))); return true;
            case "clopper_pearson": c.Interval(() => ProportionInterval.ClopperPearson(Int(input, "k"), Int(input, "n"), Level(input))); return true;
            case "newcombe_diff":
                c.Interval(() => ProportionInterval.NewcombeIndependent(
                    Int(input, "k1"), Int(input, "n1"), Int(input, "k2"), Int(input, "n2"), Level(input)));
                return true;
            case "newcombe_paired": c.Interval(() => ProportionInterval.NewcombePaired(Pairs(input), Level(input))); return true;
            case "mean_t": c.Interval(() => MeanInterval.Student(Numbers(input, "x"), Level(input))); return true;
            case "pearson_ci": c.Interval(() => Correlation.PearsonInterval(Numbers(input, "x"), Numbers(input, "y"), Level(input))); return true;
            case "exact": c.Number("p", McNemar.Exact(Pairs(input))); return true;
            case "midp": c.Number("p", McNemar.MidP(Pairs(input))); return true;
            case "chi2": c.Test(McNemar.ChiSquare(Pairs(input), false)); return true;
            case "chi2_corrected": c.Test(McNemar.ChiSquare(Pairs(input), true)); return true;
            case "sign_flip" or "sign_flip_exact_large":
                c.Permutation("mean", SignFlipTest.Test(input.TryGetProperty("d", out _)
                    ? Numbers(input, "d")
                    : [.. Numbers(input, "x").Zip(Numbers(input, "y"), (x, y) => x - y)]));
                return true;
            case "sign_test": c.Number("p_two", McNemar.Exact(Signs(Numbers(input, "d")))); return true;
            case "two_sample_permutation": c.Permutation("difference", PermutationTest.Test(Numbers(input, "x"), Numbers(input, "y"))); return true;
            case "cliff": c.Number("delta", () => EffectSize.CliffDelta(Numbers(input, "x"), Numbers(input, "y"))); return true;
            case "hedges_j": c.Number("j", EffectSize.HedgesCorrection(Int(input, "df"))); return true;
            case "cohen_d": c.Number("d", () => EffectSize.CohenD(Numbers(input, "x"), Numbers(input, "y"))); return true;
            case "independent":
                c.Number("d_pooled", () => EffectSize.CohenD(Numbers(input, "x"), Numbers(input, "y")));
                c.Number("g", () => EffectSize.HedgesG(Numbers(input, "x"), Numbers(input, "y")));
                c.Number("glass", () => EffectSize.GlassDelta(Numbers(input, "x"), Numbers(input, "y")));
                return true;
            case "paired":
                c.Number("dz", () => EffectSize.PairedD(Numbers(input, "x"), Numbers(input, "y")));
                c.Number("d_av", () => EffectSize.PairedAverageD(Numbers(input, "x"), Numbers(input, "y")));
                return true;
            case "pearson": c.Correlation("r", () => Correlation.Pearson(Numbers(input, "x"), Numbers(input, "y"))); return true;
            case "spearman": c.Correlation("rho", () => Correlation.Spearman(Numbers(input, "x"), Numbers(input, "y"))); return true;
            case "mean": c.Number("value", () => Sample.Mean([.. PValues(input, "x").Where(x => x.HasValue).Select(x => x.Value)])); return true;
            case "sd": c.Number("value", () => Sample.StandardDeviation(Numbers(input, "x"))); return true;
            case "one_sample": c.Bootstrap(Bootstrap.OneSample(Numbers(input, "x"), StatisticOf(input), Rows(input, "indices"))); return true;
            case "paired_difference":
                c.Bootstrap(Bootstrap.PairedDifference(Numbers(input, "x"), Numbers(input, "y"), Rows(input, "indices")));
                return true;
            case "two_sample_difference":
                c.Bootstrap(Bootstrap.TwoSampleDifference(
                    Numbers(input, "x"), Numbers(input, "y"), Rows(input, "indices_x"), Rows(input, "indices_y")));
                return true;
            case "cluster":
                c.Bootstrap(Bootstrap.ClusteredMean(
                    [.. input.GetProperty("clusters").EnumerateArray().Select(rows => rows.EnumerateArray().Select(x => x.GetDouble()).ToArray())],
                    Rows(input, "indices")));
                return true;
            case "cdf" or "sf" or "ppf" or "isf" or "pmf": return Distribution(op, input, c);
            default:
                if (!Methods.TryGetValue(op, out MultiplicityMethod method))
                {
                    return false;
                }

                c.Adjusted(() => Multiplicity.Adjust(PValues(input, "p"), method));
                return true;
        }
    }

    private static bool Distribution(string op, JsonElement input, Comparison c)
    {
        double[] args = Numbers(input, "args");
        double at = input.GetProperty(op is "ppf" or "isf" ? "q" : "x").GetDouble();
        double? value = (input.GetProperty("dist").GetString(), op) switch
        {
            ("normal", "cdf") => NormalDistribution.Below(at),
            ("normal", "sf") => NormalDistribution.Above(at),
            ("normal", "ppf") => NormalDistribution.Quantile(at),
            ("normal", "isf") => NormalDistribution.UpperQuantile(at),
            ("t", "cdf") => StudentDistribution.Below(at, args[0]),
            ("t", "sf") => StudentDistribution.Above(at, args[0]),
            ("t", "ppf") => StudentDistribution.Quantile(at, args[0]),
            ("t", "isf") => StudentDistribution.UpperQuantile(at, args[0]),
            ("beta", "cdf") => BetaDistribution.Below(at, 1 - at, args[0], args[1]),
            ("beta", "sf") => BetaDistribution.Above(at, 1 - at, args[0], args[1]),
            ("binomial", "pmf") => BinomialDistribution.At((int)at, (int)args[0], args[1]),
            ("binomial", "cdf") => BinomialDistribution.AtMost((int)at, (int)args[0], args[1]),
            ("binomial", "sf") => BinomialDistribution.MoreThan((int)at, (int)args[0], args[1]),
            ("binomial", "ppf") => BinomialDistribution.Quantile(at, (int)args[0], args[1]),
            _ => null,
        };
        if (value is { } number)
        {
            c.Number("value", number);
        }

        return value is not null;
    }

    private static Statistic StatisticOf(JsonElement input) => input.GetProperty("statistic").GetString() switch
    {
        "mean" => values => Sample.Mean(values.ToArray()).Value,
        "median" => values => Sample.Median(values.ToArray()).Value,
        _ => values => Sample.StandardDeviation(values.ToArray()).Value,
    };

    private static PairedOutcomes Pairs(JsonElement input) => new(Int(input, "a"), Int(input, "b"), Int(input, "c"), Int(input, "d"));

    private static PairedOutcomes Signs(double[] differences) => new(0, differences.Count(d => d > 0), differences.Count(d => d < 0), 0);

    private static int Int(JsonElement input, string name) => input.GetProperty(name).GetInt32();

    private static double Level(JsonElement input) => input.GetProperty("level").GetDouble();

    private static double[] Numbers(JsonElement input, string name) => [.. input.GetProperty(name).EnumerateArray().Select(Comparison.Double)];

    private static int[][] Rows(JsonElement input, string name) =>
        [.. input.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(i => i.GetInt32()).ToArray())];

    private static Measured<double>[] PValues(JsonElement input, string name) =>
    [
        .. input.GetProperty(name).EnumerateArray()
            .Select(p => p.ValueKind == JsonValueKind.Null ? new Missing("null") : (Measured<double>)Comparison.Double(p)),
    ];
}
