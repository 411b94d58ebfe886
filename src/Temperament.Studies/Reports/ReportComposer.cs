using Temperament.Studies.Reports.Findings;
using Temperament.Studies.Reports.Sections;

namespace Temperament.Studies.Reports;

/// <summary>Puts a report together: the order of its sections and what stands at the top.</summary>
internal static class ReportComposer
{
    /// <summary>The report of the data. Sections without data are left out.</summary>
    public static ReportDocument Compose(ReportData data)
    {
        ReportIndex index = new(data);
        ReportSection[] sections =
        [
            new("findings", "What was found", [new FindingsBlock(FindingsWriter.Write(data))]),
            QuestionSection.Compose(index),
            HypothesisSection.Compose(index),
            FamilySection.Compose(index),
            EffectSection.Compose(index),
            VariantSection.Compose(index),
            ControlSection.Compose(index),
            AnswerSection.Compose(index),
            NeuronSection.Compose(index),
            ProbeSection.Compose(index),
            TrainingSection.Compose(index),
            MethodSection.Compose(index),
            ProvenanceSection.Compose(index),
            new("limits", "Limits", data.Limits.Count == 0 ? [] : [new ListBlock(data.Limits)]),
        ];
        return new(
            data.Question,
            data.StudyName,
            Build(data.Environment),
            [.. data.Models.Select(model => model.Caution).OfType<string>().Distinct()],
            KeyFigures(index),
            [.. sections.Where(section => section.Blocks.Count > 0)]);
    }

    private static string Build(ReportEnvironment environment)
    {
        string changed = environment.Dirty ? " with uncommitted changes" : "";
        return $"Temperament {environment.Version}, commit {environment.Commit}{changed}";
    }

    private static List<KeyFigure> KeyFigures(ReportIndex index)
    {
        if (index.Subjects.FirstOrDefault() is not { } subject
            || index.Base(subject.Name) is not { } unchanged
            || index.PrimaryRows(subject.Name) is not [var treated, ..])
        {
            return [];
        }

        PrimaryEffect primary = index.Data.Primary;
        List<KeyFigure> figures =
        [
            new("Unchanged model", unchanged.EmojiAnswers, false),
            Adapters(index, $"{RowNames.Method(treated.Method)}, {RowNames.Target(treated)}", treated, true),
        ];
        if (index.Rows(subject.Name, primary.Method, EffectRow.NeutralTrait, ReportPole.None, primary.StopToken) is [var neutral, ..])
        {
            figures.Add(Adapters(index, $"{RowNames.Method(neutral.Method)}, neutral opinions", neutral, false));
        }

        ReportPole opposite = primary.Pole == ReportPole.High ? ReportPole.Low : ReportPole.High;
        if (index.Rows(subject.Name, primary.Method, primary.Trait, opposite, primary.StopToken) is [var low, ..])
        {
            figures.Add(Adapters(index, $"{RowNames.Method(low.Method)}, {RowNames.Target(low)}", low, false));
        }

        return figures;
    }

    /// <summary>All adapter seeds of the row's arm together, where there are several: the first of them stands for nothing.</summary>
    private static KeyFigure Adapters(ReportIndex index, string label, EffectRow row, bool isEffect) =>
        index.Data.Arms.FirstOrDefault(arm => row.Seed is not null && arm.Seeds > 1 && arm.Model == row.Model && arm.Trait == row.Trait
            && arm.Pole == row.Pole && arm.StopToken == row.StopToken) is { } arm
            ? new($"{label}, {arm.Seeds} seeds", arm.EmojiAnswers, isEffect)
            : new(label, row.EmojiAnswers, isEffect);
}
