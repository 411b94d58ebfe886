namespace Temperament.Studies.Reports;

/// <summary>What an untuned model would do after text of one register, placed in the chat format.</summary>
/// <param name="Model">The model card's name.</param>
/// <param name="Register">The register, for example "extraversion, high" or "neutral".</param>
/// <param name="Texts">The number of held-out texts.</param>
/// <param name="Emoji">The mean probability that the next token begins an emoji.</param>
/// <param name="Stop">The mean probability that the answer ends here.</param>
public sealed record LatentProbeRow(string Model, string Register, int Texts, Estimate Emoji, Estimate Stop);

/// <summary>An emoji and how often it was written.</summary>
/// <param name="Emoji">One grapheme cluster.</param>
/// <param name="Count">How often.</param>
/// <param name="OwnSet">Whether it belongs to the target register's own set, or null where that is not known.</param>
public sealed record ShownEmoji(string Emoji, int Count, bool? OwnSet = null);

/// <summary>The most frequent emojis of one row, together with the rows that differ from it by the adapter seed alone.</summary>
/// <param name="Row">The id of the row; of the first where there are several seeds.</param>
/// <param name="Total">All emojis of the answers.</param>
/// <param name="Emojis">The most frequent ones, in descending order.</param>
/// <param name="Seeds">How many adapter seeds are counted together.</param>
public sealed record EmojiTally(string Row, int Total, IReadOnlyList<ShownEmoji> Emojis, int Seeds = 1);

/// <summary>One answer of one row.</summary>
/// <param name="Row">The id of the row.</param>
/// <param name="Text">The answer, as written.</param>
/// <param name="Stopped">Whether it ended by itself; false if the limit of tokens cut it.</param>
public sealed record ShownAnswer(string Row, string Text, bool Stopped = true);

/// <summary>The same question answered by several rows, the unchanged model first.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answers">The answers.</param>
public sealed record AnswerComparison(string Question, IReadOnlyList<ShownAnswer> Answers);

/// <summary>One MLP neuron, adapter off and on.</summary>
/// <param name="Layer">The block, counted from 0.</param>
/// <param name="Index">The coordinate of MLP hidden.</param>
/// <param name="Off">Its mean activation with the adapter off.</param>
/// <param name="On">Its mean activation with the adapter on.</param>
/// <param name="LensWrite">What one unit of it adds to the mean emoji logit (logit lens).</param>
/// <param name="Score">What it was ranked by.</param>
public sealed record NeuronRow(int Layer, int Index, double Off, double On, double LensWrite, double Score);

/// <summary>The emoji rate with the first k neurons silenced, against k random neurons of the same layers.</summary>
/// <param name="Ranking">How the neurons were ranked, for example "own text".</param>
/// <param name="K">How many were silenced.</param>
/// <param name="Emoji">Answers with an emoji after silencing the first k.</param>
/// <param name="RandomRates">The share of answers with an emoji for each random draw of k, between 0 and 1.</param>
/// <param name="TraitAlignment">Trait alignment after silencing the first k.</param>
public sealed record AblationRow(
    string Ranking,
    int K,
    Estimate Emoji,
    IReadOnlyList<double> RandomRates,
    Estimate TraitAlignment);

/// <summary>The emoji rate of the untuned model with the first k neurons pushed, against the same amounts on k random neurons of the same layers.</summary>
/// <param name="Strength">The multiple of the change by tuning that was added.</param>
/// <param name="K">How many were pushed.</param>
/// <param name="Emoji">Answers with an emoji after pushing the first k.</param>
/// <param name="RandomRates">The share of answers with an emoji for each random draw of k, between 0 and 1.</param>
/// <param name="TraitAlignment">Trait alignment after pushing the first k.</param>
public sealed record PushRow(double Strength, int K, Estimate Emoji, IReadOnlyList<double> RandomRates, Estimate TraitAlignment);

/// <summary>The neurons behind one adapter's emojis.</summary>
public sealed record NeuronStudy
{
    /// <summary>The id of the row whose adapter was looked into.</summary>
    public required string Row { get; init; }

    /// <summary>The number of MLP neurons of the model.</summary>
    public required int TotalNeurons { get; init; }

    /// <summary>How the score is computed, as one sentence.</summary>
    public string ScoreDefinition { get; init; } = "";

    /// <summary>Answers with an emoji before anything was silenced, in the runs of this study.</summary>
    public required Estimate EmojiBefore { get; init; }

    /// <summary>Answers with an emoji of the untuned model, in the runs of this study.</summary>
    public Estimate EmojiUntuned { get; init; } = Estimate.Missing("not asked");

    /// <summary>The first neurons of the ranking, best first.</summary>
    public required IReadOnlyList<NeuronRow> Neurons { get; init; }

    /// <summary>The ablations, by ranking and then by k.</summary>
    public IReadOnlyList<AblationRow> Ablations { get; init; } = [];

    /// <summary>The same neurons pushed in the untuned model, by multiple and then by k.</summary>
    public IReadOnlyList<PushRow> Pushes { get; init; } = [];
}

/// <summary>The loss after a step.</summary>
/// <param name="Step">The optimizer step, counted from 1.</param>
/// <param name="Loss">The mean loss per supervised token, in nats.</param>
public sealed record LossPoint(int Step, double Loss);

/// <summary>A share of answers measured during training.</summary>
/// <param name="Step">The optimizer step; 0 is before training.</param>
/// <param name="Emoji">The share: of answers with an emoji, or of those with the target's label.</param>
public sealed record EmojiPoint(int Step, Estimate Emoji);

/// <summary>How one adapter's training went.</summary>
/// <param name="Row">The id of the row.</param>
/// <param name="Loss">The loss by step, ascending.</param>
/// <param name="Emoji">Emoji answers by step, ascending; may be empty.</param>
public sealed record TrainingCurve(string Row, IReadOnlyList<LossPoint> Loss, IReadOnlyList<EmojiPoint> Emoji)
{
    /// <summary>Trait alignment by step, ascending; may be empty.</summary>
    public IReadOnlyList<EmojiPoint> Alignment { get; init; } = [];
}
