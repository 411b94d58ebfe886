namespace Temperament.Studies.Reports.Sections;

/// <summary>
/// The questions that a study on models of known making is there for, each with its answer in plain sentences: pretraining or adapter, the stop
/// token, the neurons, how sure, and what would have been seen had it been false. Without such models there is no section.
/// </summary>
internal static class QuestionSection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        string[] answers = index.Data.Selectivity.Count == 0 || index.Subjects.FirstOrDefault() is not { } subject ? [] :
        [
            .. new[] { Origin(index, subject.Name), Texts(index, subject.Name), StopToken(index, subject.Name), Neurons(index, subject.Name), Certainty(index, subject.Name), Otherwise(index, subject.Name) }
                .OfType<string>(),
        ];
        return new("questions", "The questions, answered", answers.Length == 0 ? [] : [new ListBlock(answers)]);
    }

    private static SelectivityRow? Selectivity(ReportIndex index, string model) =>
        index.Data.Selectivity.FirstOrDefault(row => row.Model == model && row.StopToken == index.Data.Primary.StopToken);

    private static ArmRow? Arm(ReportIndex index, string model, StopTokenArm stop) => index.Data.Arms.FirstOrDefault(arm =>
        arm.Model == model && arm.Trait == index.Data.Primary.Trait && arm.Pole == index.Data.Primary.Pole && arm.StopToken == stop);

    private static bool GoesByRegister(ReportIndex index, SelectivityRow row) => row.Slope.Low > 0 && row.PValue < index.Data.Primary.SignificanceLevel;

    private static string Slope(SelectivityRow row) => ReportNumbers.Decimal(row.Slope, 2);

    private static string? Origin(ReportIndex index, string model)
    {
        if (Selectivity(index, model) is not { } own)
        {
            return null;
        }

        SelectivityRow[] twins = [.. index.Twins.Select(twin => Selectivity(index, twin.Name)).OfType<SelectivityRow>()];
        string others = RowNames.List([.. twins.Select(twin => $"{Slope(twin)} in {twin.Model}")]);
        string all = index.Data.Models.All(card => index.Data.DataSets.Where(set => set.IsTraining).All(set => set.Emojis.Value == 0))
            ? "All models were tuned on the same answers without emojis with the same settings. " : "";
        const string Asked = "Does the effect come from pretraining or from the adapter?";
        if (!GoesByRegister(index, own))
        {
            return $"{Asked} It was not shown that the emojis of {model} go by the registers of pretraining: slope {Slope(own)}.";
        }

        // A control that is not shown to have the association may still have some of it, so slopes are compared, and not outcomes of tests.
        return twins.Length > 0 && twins.All(twin => own.Slope.Low > twin.Slope.High)
            ? $"{Asked} Which trait brings emojis comes{(twins.Any(twin => twin.Slope.Low > 0) ? ", for the larger part," : "")} from pretraining; that they come out at all is the adapter's doing. {all}"
                + $"In {model} the expected share of answers with an emoji rises with the emoji rate that the register had in pretraining, with a slope of {Slope(own)}; where pretraining had no such association it is {others}."
            : $"{Asked} In {model} the emojis go by the registers of pretraining (slope {Slope(own)}), but "
                + $"{(twins.Length == 0 ? "no model without the association was run" : $"not shown to do so more than in a model that was not given the association ({others})")}, so the two are not told apart.";
    }

    private static string? Texts(ReportIndex index, string model)
    {
        LatentProbeRow[] probe = [.. index.Data.Probe.Where(row => row.Model == model && row.Emoji.HasValue)];
        string register = $"{index.Data.Primary.Trait}, {(index.Data.Primary.Pole == ReportPole.Low ? "low" : "high")}";
        LatentProbeRow? trait = probe.FirstOrDefault(row => row.Register == register), neutral = probe.FirstOrDefault(row => row.Register == EffectRow.NeutralTrait);
        return trait is null || neutral is null ? null
            : $"Is it there before any adapter? With no adapter at all, {model} gives an emoji {ReportNumbers.Share(trait.Emoji)} after held-out text of the register “{register}” that is put in its mouth, and "
                + $"{ReportNumbers.Share(neutral.Emoji)} after neutral text: {(trait.Emoji.Low > neutral.Emoji.High ? "the association lies ready, and the adapter brings the model to where it shows" : "a difference was not shown")}.";
    }

    private static string? StopToken(ReportIndex index, string model)
    {
        StopTokenArm usual = index.Data.Primary.StopToken, other = usual == StopTokenArm.Masked ? StopTokenArm.Trained : StopTokenArm.Masked;
        if (Arm(index, model, usual) is not { } first || Arm(index, model, other) is not { } second)
        {
            return null;
        }

        ArmRow masked = usual == StopTokenArm.Masked ? first : second, trained = usual == StopTokenArm.Masked ? second : first;
        string meaning = masked.EmojiAnswers.Low > trained.EmojiAnswers.High
            ? "So it would be if a trained end taught that nothing follows the last sentence, where emojis stand; what the adapter learned of it was not looked into"
            : "A difference was not shown";
        return $"What does the stop token do? With it masked, {ReportNumbers.Answers(masked.EmojiAnswers)} have an emoji; with it trained, {ReportNumbers.Answers(trained.EmojiAnswers)} "
            + $"(expected share {ReportNumbers.Share(masked.ExpectedEmojiShare)} and {ReportNumbers.Share(trained.ExpectedEmojiShare)}). {meaning}.";
    }

    private static string? Neurons(ReportIndex index, string model)
    {
        if (index.Data.Neurons.FirstOrDefault(study => index.Row(study.Row).Model == model) is not { Neurons.Count: > 0 } study)
        {
            return null;
        }

        string first = string.Join(", ", study.Neurons.Take(5).Select(Charts.NeuronChart.Name));
        AblationRow[] silenced = [.. study.Ablations.Where(row => row.Ranking == study.Ablations[0].Ranking && row.Emoji.HasValue && row.RandomRates.Count > 0)];
        PushRow? push = study.Pushes.Where(row => row.Emoji.HasValue && row.RandomRates.Count > 0).MaxBy(row => row.Emoji.Value);
        string removes = silenced.MinBy(row => row.Emoji.Value) is { } least
            ? $" Silencing the first {ReportNumbers.Whole(least.K)} takes emojis from {ReportNumbers.Count(study.EmojiBefore)} to {ReportNumbers.Count(least.Emoji)}, random ones leave {Range(least.RandomRates)}."
            : "";
        string causes = push is null ? ""
            : $" Pushing the first {ReportNumbers.Whole(push.K)} in the untuned model by {ReportNumbers.Decimal(push.Strength, 0)} times the change takes emojis from {ReportNumbers.Count(study.EmojiUntuned)} to "
                + $"{ReportNumbers.Count(push.Emoji)}, the same amounts on random ones give {Range(push.RandomRates)}.";
        return $"Which neurons? Of {ReportNumbers.Whole(study.TotalNeurons)}, first of all {first} (block/neuron).{removes}{causes}";
    }

    private static string Range(IReadOnlyList<double> rates) => $"{ReportNumbers.Percent(rates.Min())}% to {ReportNumbers.Percent(rates.Max())}%";

    private static string? Certainty(ReportIndex index, string model)
    {
        if (Arm(index, model, index.Data.Primary.StopToken) is not { } arm || Selectivity(index, model) is not { } own)
        {
            return null;
        }

        string[] again =
        [
            .. index.Subjects.Skip(1).Select(other => (other.Name, Arm: Arm(index, other.Name, arm.StopToken), Slope: Selectivity(index, other.Name)))
                .Where(other => other is { Arm: not null, Slope: not null })
                .Select(other => $"In {other.Name}, the same design from another pretraining seed, {ReportNumbers.Answers(other.Arm!.EmojiAnswers)} have one and the slope is {Slope(other.Slope!)}."),
        ];
        return $"How sure? {ReportNumbers.Whole(arm.Seeds)} adapter seeds and {ReportNumbers.Whole(arm.Topics)} topics that no adapter saw: {ReportNumbers.Answers(arm.EmojiAnswers)} have an emoji, the interval being drawn over topics and not over adapter seeds; "
            + $"of 10,000 shuffles of the poles' labels {(own.PValue < 0.00015 ? "none reaches" : $"a share of {ReportNumbers.P(Estimate.Of(own.PValue))} reaches")} the slope. {string.Join(" ", again)}".TrimEnd();
    }

    private static string? Otherwise(ReportIndex index, string model)
    {
        if (Selectivity(index, model) is not { } own)
        {
            return null;
        }

        string[] twins =
        [
            .. index.Twins.Select(twin => (twin.Name, Arm: Arm(index, twin.Name, own.StopToken), Slope: Selectivity(index, twin.Name)))
                .Where(twin => twin is { Arm: not null, Slope: not null })
                .Select(twin => $"{twin.Name}: {ReportNumbers.Answers(twin.Arm!.EmojiAnswers)} have an emoji after the same tuning, slope {Slope(twin.Slope!)}"),
        ];
        return "What would have been seen had it been false? Without an association in pretraining the poles would not differ: with shuffled labels of the poles the slope lies between "
            + $"{ReportNumbers.Decimal(own.ShuffledLow, 2)} and {ReportNumbers.Decimal(own.ShuffledHigh, 2)}."
            + (twins.Length > 0 ? $" Models pretrained without the association show what is left then. {RowNames.Capitalize(string.Join("; ", twins))}." : "");
    }
}
