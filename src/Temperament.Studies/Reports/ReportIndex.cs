namespace Temperament.Studies.Reports;

/// <summary>Finds rows and contrasts of a report by what they are. Refuses data that contradict themselves.</summary>
internal sealed class ReportIndex
{
    private readonly Dictionary<string, EffectRow> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelCard> _models = new(StringComparer.Ordinal);

    /// <summary>Reads the data once.</summary>
    /// <exception cref="ArgumentException">Two rows share an id, or something refers to a row or model that is not there.</exception>
    public ReportIndex(ReportData data)
    {
        Data = data;
        foreach (ModelCard model in data.Models)
        {
            if (!_models.TryAdd(model.Name, model))
            {
                throw new ArgumentException($"Two model cards are named \"{model.Name}\"; names must be unique.", nameof(data));
            }
        }

        foreach (EffectRow row in data.Rows.Concat(data.Variants))
        {
            if (!_rows.TryAdd(row.Id, row))
            {
                throw new ArgumentException($"Two rows have the id \"{row.Id}\"; ids must be unique.", nameof(data));
            }

            if (!_models.ContainsKey(row.Model))
            {
                throw new ArgumentException($"Row \"{row.Id}\" names the model \"{row.Model}\", which has no card.", nameof(data));
            }
        }

        IEnumerable<string> references = data.Contrasts.SelectMany(contrast => new[] { contrast.A, contrast.B })
            .Concat(data.TopEmojis.Select(tally => tally.Row))
            .Concat(data.Answers.SelectMany(answer => answer.Answers).Select(answer => answer.Row))
            .Concat(data.Neurons.Select(study => study.Row))
            .Concat(data.Curves.Select(curve => curve.Row));
        foreach (string id in references)
        {
            if (!_rows.ContainsKey(id))
            {
                throw new ArgumentException($"Something refers to the row \"{id}\", which is not among the rows.", nameof(data));
            }
        }
    }

    /// <summary>The data.</summary>
    public ReportData Data { get; }

    /// <summary>The models that are studied.</summary>
    public IEnumerable<ModelCard> Subjects => Data.Models.Where(model => model.Role == ModelRole.Subject);

    /// <summary>The twins.</summary>
    public IEnumerable<ModelCard> Twins => Data.Models.Where(model => model.Role == ModelRole.Twin);

    /// <summary>The row with this id.</summary>
    public EffectRow Row(string id) => _rows[id];

    /// <summary>The card of the row's model.</summary>
    public ModelCard Model(EffectRow row) => _models[row.Model];

    /// <summary>The row in words, with its model unless that is the only one studied.</summary>
    public string Name(EffectRow row)
    {
        string name = RowNames.Row(row, Data.Primary.StopToken);
        return Model(row).Role == ModelRole.Subject && Subjects.Count() == 1 ? name : $"{name} ({row.Model})";
    }

    /// <summary>The unchanged model, or null.</summary>
    public EffectRow? Base(string model) => Data.Rows.FirstOrDefault(row => row.Model == model && row.Method == EffectRow.BaseMethod);

    /// <summary>The rows of a method, target and stop token arm, by seed.</summary>
    public IReadOnlyList<EffectRow> Rows(string model, string method, string? trait, ReportPole pole, StopTokenArm? stopToken = null) =>
    [
        .. Data.Rows.Where(row => row.Model == model && row.Method == method && row.Trait == trait && row.Pole == pole
            && (stopToken is null || row.StopToken == stopToken || row.StopToken == StopTokenArm.NotApplicable))
            .OrderBy(row => row.Seed ?? long.MinValue),
    ];

    /// <summary>The rows of the primary effect on a model, by seed.</summary>
    public IReadOnlyList<EffectRow> PrimaryRows(string model) =>
        Rows(model, Data.Primary.Method, Data.Primary.Trait, Data.Primary.Pole, Data.Primary.StopToken);

    /// <summary>Whether a row of a studied model is the primary effect, with any seed.</summary>
    public bool IsPrimary(EffectRow row) => Model(row).Role == ModelRole.Subject && row.Method == Data.Primary.Method
        && row.Trait == Data.Primary.Trait && row.Pole == Data.Primary.Pole && row.StopToken == Data.Primary.StopToken;

    /// <summary>The contrast of two rows, or null.</summary>
    public PairedContrast? Contrast(EffectRow? a, EffectRow? b, ContrastMeasure measure = ContrastMeasure.EmojiAnswers) =>
        a is null || b is null
            ? null
            : Data.Contrasts.FirstOrDefault(contrast => contrast.A == a.Id && contrast.B == b.Id && contrast.Measure == measure);

    /// <summary>
    /// Which way a contrast points: +1 if A is above B below the study's significance level, −1 if below, 0 if not shown.
    /// Without a test the interval decides.
    /// </summary>
    public int Direction(PairedContrast contrast)
    {
        if (contrast.Difference.Value is not { } difference)
        {
            return 0;
        }

        Estimate p = contrast.AdjustedPValue.HasValue ? contrast.AdjustedPValue : contrast.PValue;
        bool shown = p.Value is { } value
            ? value < Data.Primary.SignificanceLevel
            : contrast.Difference is { Low: > 0 } or { High: < 0 };
        return shown ? Math.Sign(difference) : 0;
    }

    /// <summary>
    /// Whether a control seems to rise above another row. A control is doubted sooner than an effect is believed: before adjustment, at 0.05.
    /// </summary>
    public bool SeemsAbove(EffectRow control, EffectRow other) =>
        Contrast(control, other) is { PValue.Value: { } p, Difference.Value: { } difference }
            ? p < 0.05 && difference > 0
            : Direction(control, other) > 0;

    /// <summary>
    /// Which way two shares differ: by their contrast if the study has one, else by whether their intervals overlap.
    /// </summary>
    public int Direction(EffectRow a, EffectRow b) => Contrast(a, b) is { } contrast
        ? Direction(contrast)
        : a.EmojiAnswers.Low > b.EmojiAnswers.High ? 1
        : a.EmojiAnswers.High < b.EmojiAnswers.Low ? -1
        : 0;
}
