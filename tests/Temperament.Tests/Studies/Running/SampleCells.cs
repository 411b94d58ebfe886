using Temperament.Measures.Metrics;
using Temperament.Models;
using Temperament.Models.Text;
using Temperament.Studies.Logs;
using Temperament.Studies.Running;
using Temperament.Studies.Specification;

namespace Temperament.Tests.Studies.Running;

/// <summary>Finished cells made up for tests of what the report computes from them.</summary>
internal static class SampleCells
{
    /// <summary>A cell of a tuned model, two answers to each topic.</summary>
    /// <param name="target">Its target.</param>
    /// <param name="seed">Its adapter seed.</param>
    /// <param name="emoji">For each answer, whether it has an emoji.</param>
    /// <param name="share">Probability that a step of an answer begins an emoji; every answer has one step.</param>
    public static CellResult Tuned(TraitTarget target, long seed, bool[] emoji, Func<int, double>? share = null) => new(
        Spec("qlora", target) with { StopToken = StopTokenUse.Masked, Seed = seed },
        [.. emoji.Select((_, i) => new SampleRecord(i, $"topic {i / 2}", $"question {i}", "an answer", 1, true, [(float)Math.Log(share?.Invoke(i) ?? 0.5)]))],
        [.. emoji.Select((has, i) => new ScoreRecord(i, has ? ["🙂"] : [], has ? target.Name : "neutral", i % 2 == 0))], [2.0, 1.5, 1.25, 1.0], new Perplexity(1, 1), []);

    /// <summary>A cell of the unchanged model.</summary>
    public static CellResult Base(params bool[] emoji) =>
        Tuned(TraitTarget.Neutral, 0, emoji) with { Spec = Spec("none", TraitTarget.Neutral), Losses = [] };

    private static CellSpec Spec(string method, TraitTarget target) => new()
    {
        Model = "m", WeightsHash = "w", TokenizerHash = "t", TemplateHash = "c", Quantization = BaseQuantization.None, Method = method, Target = target,
        OpinionsHash = "", QuestionsHash = "", ScoringHash = "", Generation = new GenerationSpec(),
    };
}
