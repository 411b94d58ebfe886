using Temperament.Measures.Statistics;

namespace Temperament.Studies.Reports.Findings;

/// <summary>Findings on where the emojis come from: the untuned model's probabilities, the course of training, the neurons.</summary>
internal static class MechanismFindings
{
    private const double NearlyAll = 0.1;

    /// <summary>Appends the findings of one studied model.</summary>
    public static void Write(ReportIndex index, string model, List<Finding> findings)
    {
        Probe(index, model, findings);
        foreach (NeuronStudy study in index.Data.Neurons.Where(study => index.Row(study.Row).Model == model))
        {
            foreach (IGrouping<string, AblationRow> ranking in study.Ablations.GroupBy(row => row.Ranking))
            {
                Ablation(index, study, ranking, findings);
            }

            Push(index, study, findings);
        }

        foreach (TrainingCurve curve in index.Data.Curves.Where(curve => index.Row(curve.Row).Model == model))
        {
            Curve(index, curve, findings);
        }
    }

    private static void Probe(ReportIndex index, string model, List<Finding> findings)
    {
        LatentProbeRow[] rows = [.. index.Data.Probe.Where(row => row.Model == model && row.Emoji.HasValue)];
        if (rows.Length < 2)
        {
            return;
        }

        LatentProbeRow highest = rows.MaxBy(row => row.Emoji.Value)!;
        LatentProbeRow lowest = rows.MinBy(row => row.Emoji.Value)!;
        bool apart = highest.Emoji.Low > lowest.Emoji.High
            || (highest.Emoji.Low is null && highest.Emoji.Value > 2 * lowest.Emoji.Value);
        string text = apart
            ? $"Before any tuning, the model gives an emoji a probability of {ReportNumbers.Share(highest.Emoji)} after held-out text of the register "
                + $"“{highest.Register}” and of {ReportNumbers.Share(lowest.Emoji)} after “{lowest.Register}”: there is an association that tuning can draw on."
            : "Before any tuning, the probability of an emoji does not clearly depend on register: it lies between "
                + $"{ReportNumbers.Share(lowest.Emoji)} (“{lowest.Register}”) and {ReportNumbers.Share(highest.Emoji)} (“{highest.Register}”).";
        findings.Add(new(apart ? FindingVerdict.Found : FindingVerdict.NotFound, text, TwinProbe(index)));
    }

    private static string TwinProbe(ReportIndex index)
    {
        List<string> ranges = [];
        foreach (ModelCard twin in index.Twins)
        {
            double[] values =
            [
                .. index.Data.Probe.Where(row => row.Model == twin.Name && row.Register != EffectRow.NeutralTrait && row.Emoji.HasValue)
                    .Select(row => row.Emoji.Value!.Value).Order(),
            ];
            if (values.Length > 1)
            {
                ranges.Add($"In the control model {twin.Name} it lies between {ReportNumbers.Percent(values[0])}% and {ReportNumbers.Percent(values[^1])}% over the trait registers.");
            }
        }

        return string.Join(" ", ranges);
    }

    private static void Curve(ReportIndex index, TrainingCurve curve, List<Finding> findings)
    {
        EmojiPoint[] points = [.. curve.Emoji.Where(point => point.Emoji.HasValue)];
        if (points.Length < 3)
        {
            return;
        }

        string name = index.Name(index.Row(curve.Row));
        EmojiPoint peak = points.MaxBy(point => point.Emoji.Value)!;
        EmojiPoint last = points[^1];
        if (peak.Emoji.Value == 0)
        {
            findings.Add(new(FindingVerdict.Note, $"During training of {name}, no emoji was seen at any of {points.Length} looks."));
            return;
        }

        string course = last.Emoji.High < peak.Emoji.Low
            ? "fewer than at the peak"
            : last.Emoji.Value < peak.Emoji.Value
                ? "a fall after the peak could not be shown"
                : "there is no fall after the peak";
        findings.Add(new(
            FindingVerdict.Note,
            $"During training of {name}, emojis were most frequent at step {ReportNumbers.Whole(peak.Step)} ({ReportNumbers.CountAndShare(peak.Emoji)}); "
            + $"at the last look, step {ReportNumbers.Whole(last.Step)}, the share was {ReportNumbers.Share(last.Emoji)}: {course}.",
            "The peak was looked for after the fact, over all looks; intervals are compared, nothing is tested."));
    }

    private static void Push(ReportIndex index, NeuronStudy study, List<Finding> findings)
    {
        PushRow[] rows = [.. study.Pushes.Where(row => row.Emoji.HasValue && row.RandomRates.Count > 0)];
        if (rows.Length == 0)
        {
            return;
        }

        PushRow[] enough = [.. rows.Where(row => row.Emoji.Low > row.RandomRates.Max(rate => Wilson(rate, row.Emoji).High) && row.Emoji.Low > (study.EmojiUntuned.High ?? 1))];
        PushRow shown = enough.FirstOrDefault() ?? rows.MaxBy(row => row.Emoji.Value)!;
        string subject = index.Name(index.Row(study.Row));
        string text = $"{subject}: in the untuned model, which writes an emoji in {ReportNumbers.Answers(study.EmojiUntuned)}, pushing the first {ReportNumbers.Whole(shown.K)} neurons by "
            + $"{ReportNumbers.Decimal(shown.Strength, 0)} times what tuning changed them by, at sentence ends, gives emojis in {ReportNumbers.Answers(shown.Emoji)}; the same amounts on "
            + $"random neurons of the same blocks give {ReportNumbers.Percent(shown.RandomRates.Min())}% to {ReportNumbers.Percent(shown.RandomRates.Max())}% over {shown.RandomRates.Count} draws";
        findings.Add(enough.Length > 0
            ? new(FindingVerdict.Found, text + ": these neurons are enough to cause emojis.", $"It is the first push of {rows.Length} whose interval lies above those of the untuned model and of every random draw.")
            : new(FindingVerdict.NotFound, text + ": they were not shown to be enough.", $"It is the strongest effect of {rows.Length} pushes; none has an interval above those of the untuned model and of every random draw."));
    }

    /// <summary>The interval of a random draw, of which the rate is kept: it was asked the same number of questions.</summary>
    private static (double Low, double High) Wilson(double rate, Estimate asked)
    {
        int total = asked.Total ?? 1;
        return ProportionInterval.Wilson((int)Math.Round(rate * total), total).TryGet(out Interval interval) ? (interval.Low, interval.High) : (0, 1);
    }

    private static void Ablation(ReportIndex index, NeuronStudy study, IGrouping<string, AblationRow> ranking, List<Finding> findings)
    {
        AblationRow[] rows = [.. ranking.Where(row => row.Emoji.HasValue && row.RandomRates.Count > 0).OrderBy(row => row.K)];
        if (rows.Length == 0 || study.EmojiBefore.Value is not { } before)
        {
            return;
        }

        string subject = index.Name(index.Row(study.Row));
        if (before == 0)
        {
            findings.Add(new(FindingVerdict.Note, $"{subject}: it wrote no emoji before anything was silenced, so silencing neurons (ranked by {ranking.Key}) shows nothing."));
            return;
        }

        AblationRow[] decisive = [.. rows.Where(row => row.Emoji.High < row.RandomRates.Min(rate => Wilson(rate, row.Emoji).Low) && row.Emoji.Value < before)];
        AblationRow shown = decisive.FirstOrDefault(row => row.Emoji.Value <= NearlyAll * before)
            ?? decisive.MinBy(row => row.Emoji.Value)
            ?? rows[^1];
        string random = $"{shown.RandomRates.Count} random draws of {shown.K} from the same blocks leave "
            + $"{ReportNumbers.Percent(shown.RandomRates.Min())}% to {ReportNumbers.Percent(shown.RandomRates.Max())}%";
        string neurons = shown.K == 1 ? "the first neuron" : $"the first {ReportNumbers.Whole(shown.K)} neurons";
        string alignment = shown.TraitAlignment.HasValue ? $"Trait alignment is then {ReportNumbers.Share(shown.TraitAlignment)}." : "";
        findings.Add(decisive.Length == 0
            ? new(
                FindingVerdict.NotFound,
                $"{subject}: silencing {neurons} of {ReportNumbers.Whole(study.TotalNeurons)} (ranked by {ranking.Key}) leaves an emoji in "
                + $"{ReportNumbers.Answers(shown.Emoji)}, and {random}: the ranked neurons were not shown to matter more than random ones.",
                alignment)
            : new(
                FindingVerdict.Found,
                $"{subject}: silencing {neurons} of {ReportNumbers.Whole(study.TotalNeurons)} (ranked by {ranking.Key}) takes emojis from "
                + $"{ReportNumbers.Answers(study.EmojiBefore)} to {ReportNumbers.Answers(shown.Emoji)}, while {random}.",
                alignment));
    }
}
