namespace Temperament.Studies.Reports;

/// <summary>All adapters of one model, target and stop token arm together; intervals are bootstraps over topics.</summary>
/// <param name="Model">The model card's name.</param>
/// <param name="Trait">The trait, or "neutral".</param>
/// <param name="Pole">The pole.</param>
/// <param name="StopToken">The stop token arm.</param>
/// <param name="Seeds">Number of adapter seeds.</param>
/// <param name="Topics">Number of topics that the questions are about.</param>
/// <param name="EmojiAnswers">Answers with an emoji; where there is none, with the Wilson interval of one seed's questions, since a bootstrap of zeros has no width.</param>
/// <param name="ExpectedEmojiShare">Expected share of answers with an emoji.</param>
/// <param name="TraitAlignment">Answers that the classifier gives the target.</param>
/// <param name="TopicNamed">Answers that name their topic.</param>
public sealed record ArmRow(
    string Model, string Trait, ReportPole Pole, StopTokenArm StopToken, int Seeds, int Topics, Estimate EmojiAnswers, Estimate ExpectedEmojiShare,
    Estimate TraitAlignment, Estimate TopicNamed);

/// <summary>
/// Whether the emojis of a model's adapters go by register: the slope of the expected share of answers with an emoji over the emoji rate that
/// the register has in the organism's pretraining text, over the ten poles. 1 would be the rate itself, 0 no selectivity.
/// </summary>
/// <param name="Model">The model card's name.</param>
/// <param name="StopToken">The stop token arm.</param>
/// <param name="Seeds">Number of adapter seeds behind each pole.</param>
/// <param name="Slope">The slope with its bootstrap interval over topics.</param>
/// <param name="Correlation">Pearson's r of the same ten pairs.</param>
/// <param name="ShuffledLow">The lower end of the middle 95 % of slopes with shuffled labels of the poles.</param>
/// <param name="ShuffledHigh">The upper end of the same.</param>
/// <param name="PValue">Share of shuffles with a slope at least as large, this one among them.</param>
public sealed record SelectivityRow(
    string Model, StopTokenArm StopToken, int Seeds, Estimate Slope, Estimate Correlation, double ShuffledLow, double ShuffledHigh, double PValue);
