using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Models.Text;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Generation;

public sealed class GenerationOptionsTests : IDisposable
{
    private static readonly HashSet<int> NoStops = [];

    private readonly ComputePool _pool = new(1);
    private readonly DecoderNetwork _network;

    public GenerationOptionsTests() => _network = TinyDecoder.Create(_pool);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_banned_token_is_never_drawn()
    {
        HashSet<int> banned = [.. Enumerable.Range(0, 37).Where(id => id % 3 != 0)];

        Assert.All(Draw(new GenerationOptions { Banned = banned, Temperature = 1 }).Tokens, token => Assert.Equal(0, token % 3));
        Assert.All(Draw(new GenerationOptions { Banned = banned, Temperature = 0 }).Tokens, token => Assert.Equal(0, token % 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    public void Where_no_token_can_be_drawn_an_error_says_so(double temperature)
    {
        HashSet<int> all = [.. Enumerable.Range(0, 37)];

        NonFiniteLogitsException error = Assert.Throws<NonFiniteLogitsException>(() => Draw(new GenerationOptions { Banned = all, Temperature = temperature }));

        Assert.Contains("every token is banned", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_temperature_that_leaves_no_finite_number_is_refused()
    {
        Assert.Throws<NonFiniteLogitsException>(() => Draw(new GenerationOptions { Temperature = 1e-300 }));
    }

    [Fact]
    public void A_bias_adds_to_the_logits()
    {
        Assert.All(Draw(new GenerationOptions { LogitBias = new Dictionary<int, float> { [11] = 1e4f }, Temperature = 1 }).Tokens, token => Assert.Equal(11, token));
    }

    [Fact]
    public void A_penalty_keeps_greedy_answers_from_repeating()
    {
        int[] plain = Draw(new GenerationOptions { Temperature = 0 }).Tokens, penalised = Draw(new GenerationOptions { Temperature = 0, RepetitionPenalty = 50 }).Tokens;

        Assert.True(penalised.Distinct().Count() > plain.Distinct().Count());
        Assert.True(penalised.Distinct().Count() >= 15);
    }

    [Fact]
    public void A_constraint_follows_the_answer()
    {
        int[] tokens = Draw(new GenerationOptions { Constraint = new NeverTwice(), Temperature = 1, MaxNewTokens = 30 }).Tokens;

        Assert.Equal(tokens.Length, tokens.Distinct().Count());
    }

    [Fact]
    public void Log_probabilities_are_those_of_the_model_whatever_is_changed()
    {
        var seen = new LogProbabilities();
        GeneratedTokens answer = Draw(new GenerationOptions { LogProbabilities = true, Temperature = 0.5, TopK = 3, RepetitionPenalty = 1.5 }, seen);

        Assert.Equal(answer.Tokens.Length, answer.LogProbabilities!.Length);
        for (int i = 0; i < answer.Tokens.Length; i++)
        {
            Assert.Equal(seen.Values[i], answer.LogProbabilities[i], 1e-12);
        }
    }

    [Fact]
    public void A_stop_text_ends_the_answer_wherever_tokens_end()
    {
        Tokenizer tokenizer = BytePairTrainer.Train([.. Enumerable.Repeat("abc bca cab", 5)], 260, []).Tokenizer;
        var stops = new StopTexts(tokenizer, ["bcab", "zz"]);
        StopTexts.Watch watch = stops.Begin();

        string?[] found = [.. tokenizer.Encode("abcabca").Select(watch.Append)];

        Assert.Equal("bcab", Assert.Single(found, text => text is not null));
        Assert.Equal("a", stops.Cut("abcabca"));
        Assert.Equal(2, stops.Unsettled("a bc"));
        Assert.Equal(0, stops.Unsettled("none"));
        Assert.Throws<ArgumentException>(() => new StopTexts(tokenizer, [""]));
    }

    [Fact]
    public void A_stop_text_is_found_byte_by_byte_and_the_first_of_several_counts()
    {
        Tokenizer bytes = BytePairTrainer.Train(["abc"], 256, []).Tokenizer, words = BytePairTrainer.Train([.. Enumerable.Repeat("xabcx", 9)], 260, []).Tokenizer;
        var stops = new StopTexts(bytes, ["bcab"]);
        StopTexts.Watch watch = stops.Begin();

        Assert.Equal([null, null, null, null, "bcab", null], "abcabc".Select(letter => watch.Append(Assert.Single(bytes.Encode($"{letter}")))));
        Assert.Equal("ab", new StopTexts(words, ["bc", "ab"]).Begin().Append(Assert.Single(words.Encode("xabcx"))));
        Assert.Equal("ab", new StopTexts(words, ["ab", "bc"]).Begin().Append(Assert.Single(words.Encode("xabcx"))));
    }

    [Fact]
    public void Turns_of_a_session_have_the_bits_of_whole_prompts_and_compute_only_what_is_new()
    {
        var session = new GenerationSession(_network);
        var options = new GenerationOptions { MaxNewTokens = 6, Temperature = 1, LogProbabilities = true };
        int[] prompt = TinyDecoder.Sequence(5, 1).Tokens;
        for (int turn = 0; turn < 4; turn++)
        {
            GeneratedTokens continued = session.Generate(prompt, NoStops, options), whole = Generator.Generate(_network, [prompt], NoStops, options)[0];
            Assert.Equal(whole.Tokens, continued.Tokens);
            Assert.Equal(whole.LogProbabilities, continued.LogProbabilities);
            Assert.Equal(prompt.Length + options.MaxNewTokens - 1, session.Held);
            prompt = [.. prompt, .. continued.Tokens, .. TinyDecoder.Sequence(2, turn).Tokens];
        }

        int[] other = [.. prompt[..7], 1, 2];
        Assert.Equal(Generator.Generate(_network, [other], NoStops, options)[0].Tokens, session.Generate(other, NoStops, options).Tokens);
        session.Forget();
        Assert.Equal(0, session.Held);
        Assert.Equal(Generator.Generate(_network, [other], NoStops, options)[0].Tokens, session.Generate(other, NoStops, options).Tokens);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        foreach (GenerationOptions options in new GenerationOptions[] { new() { TopP = 0 }, new() { MinP = 2 }, new() { RepetitionPenalty = 0 }, new() { TopK = -1 }, new() { Temperature = -1 } })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Draw(options));
        }
    }

    private GeneratedTokens Draw(GenerationOptions options, IGenerationObserver? observer = null) =>
        Generator.Generate(_network, [[1, 2, 3]], NoStops, options with { MaxNewTokens = Math.Min(options.MaxNewTokens, 30) }, observer)[0];

    private sealed class NeverTwice : ITokenConstraint
    {
        public ITokenConstraintState Begin() => new State();

        private sealed class State : ITokenConstraintState
        {
            private readonly List<int> _written = [];

            public void Apply(Span<float> logits)
            {
                foreach (int token in _written)
                {
                    logits[token] = float.NegativeInfinity;
                }
            }

            public void Append(int token) => _written.Add(token);
        }
    }

    private sealed class LogProbabilities : IGenerationObserver
    {
        public List<double> Values { get; } = [];

        public void Step(int prompt, int step, ReadOnlySpan<float> logits, int chosen)
        {
            double[] exponentials = [.. logits.ToArray().Select(logit => Math.Exp(logit))];
            Values.Add(Math.Log(exponentials[chosen] / exponentials.Sum()));
        }
    }
}
