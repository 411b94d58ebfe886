using System.Text;
using Temperament.Measures.Emoji;
using Temperament.Measures.Metrics;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Measures.Metrics;

public sealed class LatentProbeTests
{
    private static readonly EmojiTokens Emoji = EmojiTokens.Of(TinyDecoder.Config.VocabularySize, id => Encoding.UTF8.GetBytes(id is 4 or 9 ? " 🎉" : "a"));

    [Fact]
    public void A_row_is_what_a_softmax_of_the_whole_sequence_says()
    {
        using var pool = new ComputePool(2);
        DecoderNetwork network = TinyDecoder.Create(pool);
        AnswerTokens[] answers = [new([1, 2, 3], [7, 4, 8]), new([5], [6]), new([1, 2], [])];

        IReadOnlyList<ProbeRow> rows = LatentProbe.Run(network, answers, Emoji, [0, 11]);

        for (int s = 0; s < answers.Length; s++)
        {
            double[][] p = Probabilities(network, answers[s].All);
            int first = answers[s].Prompt.Length - 1, n = answers[s].Answer.Length;
            Assert.Equal(Math.Log(p[^1][4] + p[^1][9]), rows[s].EmojiEndLog, 1e-5);
            Assert.Equal(p[^1][0] + p[^1][11], rows[s].Stop, 1e-6);
            if (n == 0)
            {
                Assert.Equal("an empty answer", rows[s].AnswerLogProbability.Reason);
                continue;
            }

            Assert.Equal(
                Enumerable.Range(0, n).Average(i => Math.Log(p[first + i][answers[s].Answer[i]])), rows[s].AnswerLogProbability.Value, 1e-5);
            Assert.Equal(Enumerable.Range(0, n).Average(i => Math.Log(p[first + i][4] + p[first + i][9])), rows[s].EmojiInsideMeanLog.Value, 1e-5);
        }

        Assert.Equal(rows[1], LatentProbe.Run(network, [answers[1]], Emoji, [0, 11])[0]);
    }

    [Fact]
    public void Perplexity_of_an_answer_is_the_exponential_of_its_mean_surprise()
    {
        using var pool = new ComputePool(1);
        DecoderNetwork network = TinyDecoder.Create(pool);
        AnswerTokens[] answers = [new([1, 2, 3], [7, 4, 8]), new([5], [6])];

        Perplexity perplexity = Perplexity.Of(network, [.. answers.Select(answer => answer.AsTargets())]);

        double sum = LatentProbe.Run(network, answers, Emoji, [0]).Zip(answers, (row, a) => -row.AnswerLogProbability.Value * a.Answer.Length).Sum();
        Assert.Equal(4, perplexity.Tokens);
        Assert.Equal(Math.Exp(sum / 4), perplexity.Value.Value, 1e-4);
        Assert.Equal("no token to predict", Perplexity.Of(network, [new TokenSequence([1])]).Value.Reason);
        Assert.Equal(2, Perplexity.Of(network, [Perplexity.WholeText([1, 2, 3])]).Tokens);
    }

    [Fact]
    public void The_observer_records_the_emoji_probability_of_every_step_of_every_prompt()
    {
        using var pool = new ComputePool(1);
        var observer = new EmojiMassObserver(pool, EmojiTokens.Of(3, id => Encoding.UTF8.GetBytes(id == 0 ? "a" : "🎉")), 3);

        observer.Step(0, 0, [0, 0, 0], 0);
        observer.Step(2, 0, [1, 0, 0], 0);
        observer.Step(0, 1, [0, -200, -200], 0);
        IReadOnlyList<EmojiMass> masses = observer.Masses(3);

        Assert.Equal([2, 0, 1], masses.Select(mass => mass.LogMasses.Count));
        Assert.Equal(2.0 / 3, masses[0].ExpectedShare.Value, 1e-6);
        Assert.Equal((Math.Log(2.0 / 3) + Math.Log(2) - 200) / 2, masses[0].MeanLog.Value, 1e-4);
        Assert.Equal(2 / (2 + Math.E), masses[2].ExpectedShare.Value, 1e-6);
        Assert.Equal("no step", masses[1].ExpectedShare.Reason);
        Assert.Throws<ArgumentException>(() => new EmojiMassObserver(pool, EmojiTokens.Of(1, _ => default), 1));
    }

    private static double[][] Probabilities(DecoderNetwork network, int[] tokens)
    {
        using var state = new DecoderState(keepsActivations: false);
        Tensor final = network.Forward(TokenBatch.From([new TokenSequence(tokens)]), state);
        Tensor logits = Tensor.Zeros(tokens.Length, network.Config.VocabularySize);
        network.Logits(logits, final);
        return
        [
            .. Enumerable.Range(0, tokens.Length).Select(r =>
            {
                double[] e = [.. logits.Row(r).ToArray().Select(x => Math.Exp(x))];
                return e.Select(x => x / e.Sum()).ToArray();
            }),
        ];
    }
}
