using Temperament.Studies.Reports;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>
/// The course of trainings: the loss of every step, and emojis and trait alignment where the adapter was kept and asked in the study's own way. One
/// training, of the first seed, for each target and stop token arm of the studied model; further seeds only where they were kept at steps.
/// </summary>
internal sealed class CurveBuilder(StudySpec study, IReadOnlyList<CellResult> cells, Func<CellSpec, string> rowId)
{
    /// <summary>The curves, in the order of the study.</summary>
    public TrainingCurve[] Build()
    {
        CellResult[] ends = [.. cells.Where(c => c.IsMain && c.Losses.Count > 0 && c.Spec.Model == study.Models[0].Name)];
        HashSet<CellResult> first = [.. ends.GroupBy(c => (c.Spec.Target, c.Spec.StopToken)).Select(group => group.MinBy(c => c.Spec.Seed)!)];
        return [.. ends.Select(end => (End: end, Kept: Kept(end))).Where(pair => first.Contains(pair.End) || pair.Kept.Length > 0).Select(pair => Curve(pair.End, pair.Kept))];
    }

    private CellResult[] Kept(CellResult end) =>
    [
        .. cells.Where(c => c.Spec is { Step: not null, RecipeName: null, GenerationName: null } && c.Spec with { Step = null } == end.Spec).OrderBy(c => c.Spec.Step),
    ];

    private TrainingCurve Curve(CellResult end, CellResult[] kept)
    {
        LossPoint[] losses = [.. end.Losses.Select((loss, i) => new LossPoint(i + 1, loss))];
        if (kept.Length == 0)
        {
            return new TrainingCurve(rowId(end.Spec), losses, []);
        }

        CellResult? start = cells.FirstOrDefault(c => c.IsMain && c.Spec.Model == end.Spec.Model && c.Spec.Method == "none");
        (int Step, CellResult Cell)[] points =
        [
            .. start is null ? Array.Empty<(int, CellResult)>() : [(0, start)], .. kept.Select(c => (c.Spec.Step!.Value, c)), (losses.Length, end),
        ];
        return new TrainingCurve(rowId(end.Spec), losses, [.. points.Select(p => new EmojiPoint(p.Step, CellMeasures.Share(p.Cell.HasEmoji)))])
        {
            Alignment = [.. points.Select(p => new EmojiPoint(p.Step, CellMeasures.Share(p.Cell.Aligned(end.Spec.Target.Name))))],
        };
    }
}
