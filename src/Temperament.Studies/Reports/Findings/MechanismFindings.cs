namespace Temperament.Studies.Reports.Findings;

/// <summary>Findings on where the emojis come from: the untuned model's probabilities, the course of training, the neurons.</summary>
internal static class MechanismFindings
{
    /// <summary>Appends the findings of one studied model.</summary>
    public static void Write(ReportIndex index, string model, List<Finding> findings)
    {
        Probe(index, model, findings);
        Curves(index, model, findings);
        Neurons(index, model, findings);
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
        string text = $"Before any tuning, the model puts the probability of an emoji at {ReportNumbers.Share(highest.Emoji)} after held-out "
            + $"{highest.Register} text and at {ReportNumbers.Share(lowest.Emoji)} after {lowest.Register} text: "
            + "there is an association that tuning can draw on.";
        bool apart = highest.Emoji.Low > lowest.Emoji.High
            || (highest.Emoji.Low is null && highest.Emoji.Value > 2 * lowest.Emoji.Value);
        if (!apart)
        {
            text = $"Before any tuning, the probability of an emoji does not clearly depend on register: it lies between "
                + $"{ReportNumbers.Share(lowest.Emoji)} ({lowest.Register}) and {ReportNumbers.Share(highest.Emoji)} ({highest.Register}).";
        }

        foreach (ModelCard twin in index.Twins)
        {
            double[] flat = [.. index.Data.Probe.Where(row => row.Model == twin.Name && row.Register != EffectRow.NeutralTrait && row.Emoji.HasValue)
                .Select(row => row.Emoji.Value!.Value).Order()];
            if (flat.Length > 1)
            {
                text += $" In the twin it lies between {ReportNumbers.Percent(flat[0])}% and {ReportNumbers.Percent(flat[^1])}% over the trait registers.";
            }
        }

        findings.Add(new(apart ? FindingVerdict.Found : FindingVerdict.NotFound, text));
    }

    private static void Curves(ReportIndex index, string model, List<Finding> findings)
    {
        foreach (TrainingCurve curve in index.Data.Curves.Where(curve => index.Row(curve.Row).Model == model))
        {
            EmojiPoint[] points = [.. curve.Emoji.Where(point => point.Emoji.HasValue)];
            if (points.Length < 3)
            {
                continue;
            }

            EmojiPoint peak = points.MaxBy(point => point.Emoji.Value)!;
            EmojiPoint last = points[^1];
            if (peak.Emoji.Value == 0)
            {
                findings.Add(new(FindingVerdict.Note, $"{index.Name(index.Row(curve.Row))}: no emoji was seen at any of {points.Length} looks during training."));
                continue;
            }

            string course = peak.Step == last.Step || peak.Emoji.Low is null || !(last.Emoji.High < peak.Emoji.Low)
                ? "no fall after the peak could be shown"
                : "further training took emojis away again";
            findings.Add(new(
                FindingVerdict.Note,
                $"During training of {index.Name(index.Row(curve.Row))} the emoji rate was highest at step {peak.Step} "
                + $"({ReportNumbers.CountAndShare(peak.Emoji)}) and ended at {ReportNumbers.CountAndShare(last.Emoji)}: {course}."));
        }
    }

    private static void Neurons(ReportIndex index, string model, List<Finding> findings)
    {
        foreach (NeuronStudy study in index.Data.Neurons.Where(study => index.Row(study.Row).Model == model))
        {
            foreach (IGrouping<string, AblationRow> ranking in study.Ablations.GroupBy(row => row.Ranking))
            {
                AblationRow[] rows = [.. ranking.Where(row => row.Emoji.HasValue && row.RandomRates.Count > 0).OrderBy(row => row.K)];
                if (rows.Length > 0)
                {
                    findings.Add(Ablation(index, study, ranking.Key, rows));
                }
            }
        }
    }

    private static Finding Ablation(ReportIndex index, NeuronStudy study, string ranking, AblationRow[] rows)
    {
        string subject = RowNames.Row(index.Row(study.Row), index.Data.Primary.StopToken);
        AblationRow? decisive = rows.FirstOrDefault(row => row.Emoji.High < row.RandomRates.Min());
        AblationRow shown = decisive ?? rows[^1];
        string random = $"{shown.RandomRates.Count} random draws of {shown.K} from the same layers leave "
            + $"{ReportNumbers.Percent(shown.RandomRates.Min())}% to {ReportNumbers.Percent(shown.RandomRates.Max())}%";
        string neurons = shown.K == 1 ? "the first neuron" : $"the first {shown.K} neurons";
        if (decisive is null)
        {
            return new(
                FindingVerdict.NotFound,
                $"{subject}: silencing {neurons} of {ReportNumbers.Whole(study.TotalNeurons)} (ranked by {ranking}) leaves "
                + $"{ReportNumbers.CountAndShare(shown.Emoji)}, and {random}: the ranked neurons were not shown to matter more than random ones.");
        }

        string kept = shown.TraitAlignment.HasValue
            ? $" Trait alignment is then {ReportNumbers.Share(shown.TraitAlignment)}."
            : "";
        return new(
            FindingVerdict.Found,
            $"{subject}: silencing {neurons} of {ReportNumbers.Whole(study.TotalNeurons)} (ranked by {ranking}) takes emoji answers from "
            + $"{ReportNumbers.Count(study.EmojiBefore)} to {ReportNumbers.CountAndShare(shown.Emoji)}, while {random}.{kept}");
    }
}
