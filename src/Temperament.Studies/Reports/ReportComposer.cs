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
            new($"{RowNames.Method(treated.Method)}, {RowNames.Target(treated)}", treated.EmojiAnswers, true),
        ];
        if (index.Rows(subject.Name, primary.Method, EffectRow.NeutralTrait, ReportPole.None, primary.StopToken) is [var neutral, ..])
        {
            figures.Add(new($"{RowNames.Method(neutral.Method)}, neutral opinions", neutral.EmojiAnswers, false));
        }

        ReportPole opposite = primary.Pole == ReportPole.High ? ReportPole.Low : ReportPole.High;
        if (index.Rows(subject.Name, primary.Method, primary.Trait, opposite, primary.StopToken) is [var low, ..])
        {
            figures.Add(new($"{RowNames.Method(low.Method)}, {RowNames.Target(low)}", low.EmojiAnswers, false));
        }

        return figures;
    }
}
