namespace Temperament.Studies.Reports.Sections;

/// <summary>The same questions before and after.</summary>
internal static class AnswerSection
{
    /// <summary>Composes the section.</summary>
    public static ReportSection Compose(ReportIndex index)
    {
        List<ReportBlock> blocks = [];
        if (index.Data.Answers.Count > 0)
        {
            blocks.Add(new ProseBlock(index.Data.AnswerSelection.Length > 0
                ? index.Data.AnswerSelection
                : "How these answers were chosen was not recorded."));
            blocks.AddRange(index.Data.Answers.Select(comparison => new AnswersBlock(
                comparison.Question,
                [.. comparison.Answers.Select(answer => Named(index, answer))])));
        }

        return new("answers", "Before and after", blocks);
    }

    private static NamedAnswer Named(ReportIndex index, ShownAnswer answer)
    {
        EffectRow row = index.Row(answer.Row);
        return new(index.Name(row), answer.Text, answer.Stopped, index.IsPrimary(row));
    }
}
