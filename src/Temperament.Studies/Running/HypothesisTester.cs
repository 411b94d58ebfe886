using Temperament.Measures.Statistics;
using Temperament.Studies.Reports;
using Temperament.Studies.Specification;
using Temperament.Tensors.Random;

namespace Temperament.Studies.Running;

/// <summary>
/// Decides the claims of a study: differences by question, means over the seeds that both sides have, intervals by bootstrap over topics,
/// p by flipping the signs of whole topics, adjusted by Holm within the primary and the secondary family.
/// </summary>
internal sealed class HypothesisTester(StudySpec study, StudyEvidence evidence)
{
    /// <summary>Resamples of every interval.</summary>
    public const int Resamples = 4000;

    public IReadOnlyList<HypothesisResult> Test()
    {
        HypothesisResult[] results = [.. study.Hypotheses.Select(Test)];
        foreach (bool primary in new[] { true, false })
        {
            int[] family = [.. Enumerable.Range(0, results.Length).Where(i => results[i].IsPrimary == primary)];

            // A claim that could not be tested yet still belongs to its family, as if its p were 1: a look before all is run gains nothing.
            IReadOnlyList<Measured<double>> adjusted = Multiplicity.Adjust([.. family.Select(i => Measured.Of(results[i].PValue.Value ?? 1))], MultiplicityMethod.Holm);
            for (int k = 0; k < family.Length; k++)
            {
                HypothesisResult result = results[family[k]];
                results[family[k]] = Decide(result, result.PValue.HasValue ? Estimate.From(adjusted[k]) : result.PValue);
            }
        }

        return results;
    }

    private HypothesisResult Decide(HypothesisResult result, Estimate adjusted)
    {
        bool shown = adjusted.Value is { } p && p < study.Primary.SignificanceLevel && result.Difference.Value is not (null or 0);
        bool above = result.Difference.Value > 0;
        return result with
        {
            AdjustedPValue = adjusted,
            Outcome = !shown ? HypothesisOutcome.NotShown : above == result.ExpectedAbove ? HypothesisOutcome.Shown : HypothesisOutcome.Opposite,
        };
    }

    private HypothesisResult Test(Hypothesis hypothesis)
    {
        List<(long? Seed, IReadOnlyList<Paired> Pairs)> bySeed = hypothesis.Measure == HypothesisMeasure.LatentProbe
            ? [(null, Probe(hypothesis))] : [.. Cells(hypothesis)];
        Paired[] questions = [.. bySeed.SelectMany(seed => seed.Pairs).GroupBy(pair => (pair.Topic, pair.Question))
            .Select(group => new Paired(group.Key.Topic, group.Key.Question, group.Average(pair => pair.Difference)))];
        double[][] topics = [.. questions.GroupBy(pair => pair.Topic).Select(group => group.Select(pair => pair.Difference).ToArray())];
        return new HypothesisResult
        {
            Name = hypothesis.Name,
            Claim = hypothesis.Claim,
            IsPrimary = hypothesis.IsPrimary,
            Measure = HypothesisReader.Word(hypothesis.Measure),
            InNats = hypothesis.Measure is HypothesisMeasure.LogMass or HypothesisMeasure.SameTextLogMass or HypothesisMeasure.LatentProbe,
            First = Words(hypothesis, hypothesis.First),
            Second = Words(hypothesis, hypothesis.Second),
            ExpectedAbove = hypothesis.Expected == HypothesisDirection.Above,
            Questions = questions.Length,
            Topics = topics.Length,
            BySeed = [.. bySeed.Where(s => s is { Seed: not null, Pairs.Count: > 0 }).Select(s => new SeedDifference(s.Seed!.Value, s.Pairs.Average(p => p.Difference)))],
            Difference = Interval(topics),
            PValue = topics.Length == 0 ? Estimate.Missing("no pairs")
                : SignFlipTest.Test([.. topics.Select(topic => topic.Average())]).TryGet(out PermutationResult test)
                    ? Estimate.Of(test.P) : Estimate.Missing("no test"),
        };
    }

    private static Estimate Interval(double[][] topics)
    {
        if (topics.Length == 0)
        {
            return Estimate.Missing("no pairs: an arm was not run");
        }

        IReadOnlyList<int[]> draws = Resampling.Draw(new RandomStream(1, "report/hypothesis"), Resamples, topics.Length);
        return Estimate.From(Bootstrap.ClusteredMean(topics, draws).Select(bootstrap => bootstrap.Percentile()));
    }

    private IReadOnlyList<Paired> Probe(Hypothesis hypothesis)
    {
        ILookup<string, double> Of(HypothesisSide side) => evidence.Probes.Where(probe => probe.Model == side.Model)
            .SelectMany(probe => probe.Records).Where(record => record.Target == side.Target && double.IsFinite(record.EmojiEndLog))
            .ToLookup(record => record.Topic, record => record.EmojiEndLog);
        ILookup<string, double> first = Of(hypothesis.First), second = Of(hypothesis.Second);
        return [.. first.Where(topic => second.Contains(topic.Key))
            .Select(topic => new Paired(topic.Key, topic.Key, topic.Average() - second[topic.Key].Average()))];
    }

    private IEnumerable<(long? Seed, IReadOnlyList<Paired> Pairs)> Cells(Hypothesis hypothesis)
    {
        CellResult[] first = Of(hypothesis.First), second = Of(hypothesis.Second);
        foreach (CellResult a in first)
        {
            foreach (CellResult b in second.Where(b => a.Spec.Seed is null || b.Spec.Seed is null || a.Spec.Seed == b.Spec.Seed))
            {
                yield return (a.Spec.Seed ?? b.Spec.Seed, Pairs(hypothesis, a, b));
            }
        }
    }

    private CellResult[] Of(HypothesisSide side) => [.. evidence.Cells.Where(cell => side.Holds(new PlannedCell(
        cell.Spec.Model, cell.Spec.Method, cell.Spec.Target, cell.Spec.StopToken, null, cell.Spec.RecipeName, cell.Spec.Step, cell.Spec.GenerationName)))];

    private static IReadOnlyList<Paired> Pairs(Hypothesis hypothesis, CellResult a, CellResult b)
    {
        Dictionary<(string, string), double> first = Values(hypothesis, a), second = Values(hypothesis, b);
        return [.. first.Where(pair => second.ContainsKey(pair.Key))
            .Select(pair => new Paired(pair.Key.Item1, pair.Key.Item2, pair.Value - second[pair.Key]))];
    }

    private static Dictionary<(string Topic, string Question), double> Values(Hypothesis hypothesis, CellResult cell)
    {
        double?[] values = hypothesis.Measure switch
        {
            HypothesisMeasure.EmojiRate => Rate(cell.HasEmoji),
            HypothesisMeasure.NewEmojiRate => Rate(cell.HasNewEmoji),
            HypothesisMeasure.FloodRate => Rate(cell.IsFlood),
            HypothesisMeasure.ExpectedShare => cell.Expected,
            HypothesisMeasure.LogMass => cell.MeanLog,
            HypothesisMeasure.TraitAlignment => Rate(cell.Aligned(hypothesis.First.Target.Name)),
            _ => SameText(cell),
        };
        return cell.Samples.Select((sample, i) => (Key: (sample.Topic, sample.Question), Value: values[i]))
            .Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!.Value);
    }

    /// <summary>What the adapter adds along the base's text; the base adds nothing to itself.</summary>
    private static double?[] SameText(CellResult cell)
    {
        Dictionary<int, double> rises = cell.Readings.ToDictionary(r => r.Number, r => r.TunedOnBase - r.BaseOnBase);
        return [.. cell.Samples.Select(s => cell.Spec.Method == "none" ? 0 : rises.TryGetValue(s.Number, out double rise) ? rise : (double?)null)];
    }

    private static double?[] Rate(bool[] outcomes) => [.. outcomes.Select(o => (double?)(o ? 1 : 0))];

    private string Words(Hypothesis hypothesis, HypothesisSide side)
    {
        string model = study.Models.Count > 1 ? $", {side.Model}" : "";
        if (hypothesis.Measure == HypothesisMeasure.LatentProbe)
        {
            return $"text of {ReportAssembler.RegisterName(side.Target)}{model}";
        }

        string stop = side.StopToken is { } token && token != study.Primary.StopToken ? $", {RowNames.StopToken(ReportAssembler.ArmOf(token))}" : "";
        string target = side.Method == "none" ? "" : $", {RowNames.Target(ReportAssembler.TraitOf(side.Target), ReportAssembler.PoleOf(side.Target))}";
        return $"{RowNames.Method(side.Method)}{target}{stop}{(side.Recipe is null ? "" : $", {side.Recipe}")}"
            + $"{(side.Step is null ? "" : $", step {side.Step}")}{(side.Generation is null ? "" : $", {side.Generation}")}{model}";
    }

    private sealed record Paired(string Topic, string Question, double Difference);
}
