using System.Text;
using Temperament.Measures.Interpretability;
using Temperament.Measures.Metrics;
using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Measures.Interpretability;

public sealed class NeuronTests : IDisposable
{
    private readonly ComputePool _pool = new(1);
    private readonly DecoderNetwork _network;

    public NeuronTests()
    {
        _network = TinyDecoder.Create(_pool);
    }

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Means_are_over_the_chosen_tokens_of_the_answers_and_no_others()
    {
        AnswerTokens[] answers = [new([1, 2], [7, 3, 8]), new([3], [3, 4])];
        Recorder first = Run([1, 2, 7, 3, 8]), second = Run([3, 3, 4]);

        NeuronActivations ends = NeuronActivations.Of(_network, answers, new HashSet<int> { 3 }).Value;
        NeuronActivations all = NeuronActivations.Of(_network, answers).Value;

        Assert.Equal((2, 5), (ends.Positions, all.Positions));
        foreach (Neuron neuron in (Neuron[])[new(0, 0), new(1, 23)])
        {
            float[][] one = first.Seen[neuron.Layer], two = second.Seen[neuron.Layer];
            Assert.Equal((one[3][neuron.Index] + two[1][neuron.Index]) / 2.0, ends[neuron], 1e-6);
            Assert.Equal(one[2..].Concat(two[1..]).Average(row => row[neuron.Index]), all[neuron], 1e-6);
        }

        Assert.Equal("no answer has a sentence end", NeuronActivations.Of(_network, answers, new HashSet<int> { 30 }).Reason);
    }

    [Fact]
    public void Write_is_the_product_of_the_down_column_with_the_direction_and_counts_the_adapter()
    {
        AddAdapters();
        int[] tokens = [4, 9];

        IReadOnlyList<IReadOnlyList<double>> write = LogitLens.NeuronWrite(_network, tokens);

        Tensor head = _network.Weights.Head.Value, norm = _network.Weights.FinalNorm.Weight.Value;
        Linear down = _network.Weights.Blocks[1].Down;
        LowRank adapter = Assert.Single(down.Branches);
        double expected = 0;
        for (int c = 0; c < head.Columns; c++)
        {
            double mean = Enumerable.Range(0, head.Rows).Average(v => head[v, c]);
            double direction = (((head[4, c] + head[9, c]) / 2.0) - mean) * norm[0, c];
            double low = Enumerable.Range(0, adapter.Rank).Sum(r => adapter.B.Value[c, r] * adapter.A.Value[r, 17]);
            expected += direction * (down.Weight.Dense[c, 17] + (adapter.Scale * low));
        }

        Assert.Equal(expected, write[1][17], 1e-4);
        using (AdapterSwitch.Off(_network))
        {
            Assert.NotEqual(write[1][17], LogitLens.NeuronWrite(_network, tokens)[1][17]);
        }

        Assert.Equal(write[1][17], LogitLens.NeuronWrite(_network, tokens)[1][17]);
        Assert.Throws<ArgumentException>(() => LogitLens.NeuronWrite(_network, []));
    }

    [Fact]
    public void Switching_adapters_off_gives_the_base_model_and_disposing_gives_them_back()
    {
        float[] bare = Final([1, 2, 3]);
        AddAdapters();
        float[] tuned = Final([1, 2, 3]);

        float[] off;
        using (AdapterSwitch.Off(_network))
        {
            off = Final([1, 2, 3]);
        }

        Assert.Equal(bare, off);
        Assert.NotEqual(bare, tuned);
        Assert.Equal(tuned, Final([1, 2, 3]));
    }

    [Fact]
    public void A_silenced_neuron_is_one_whose_down_column_is_zero()
    {
        float[] silenced = Final([1, 2, 3], new HookSet(new NeuronAblation([new Neuron(1, 5), new Neuron(0, 2)])));
        foreach ((int layer, int index) in ((int, int)[])[(1, 5), (0, 2)])
        {
            Tensor down = _network.Weights.Blocks[layer].Down.Weight.Dense;
            for (int c = 0; c < down.Rows; c++)
            {
                down[c, index] = 0;
            }
        }

        float[] zeroed = Final([1, 2, 3]);

        Assert.All(zeroed.Zip(silenced), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.NotEqual(Final([1, 2, 3], new HookSet(new NeuronAblation([new Neuron(1, 6)]))), zeroed);
    }

    [Fact]
    public void Ranking_orders_by_change_times_write()
    {
        var before = new NeuronActivations([[1, 1], [0, 0]], 1);
        var after = new NeuronActivations([[2, 1], [-1, 5]], 1);

        IReadOnlyList<NeuronScore> ranking = NeuronRanking.ByChange(before, after, [[1, 9], [-3, 0.1]]);

        Assert.Equal(["1/0", "0/0", "1/1", "0/1"], ranking.Select(score => score.Neuron.ToString()));
        Assert.Equal([3, 1, 0.5, 0], ranking.Select(score => score.Score));
    }

    [Fact]
    public void Silencing_the_neuron_that_writes_the_emoji_removes_it_and_random_ones_do_not()
    {
        NeuronScore[] ranking = [.. Enumerable.Range(0, 40).Select(i => new NeuronScore(new Neuron(i % 2, i / 2), 0, 1, 40 - i, 40 - i))];
        IReadOnlyList<string> Answer(HookSet hooks)
        {
            Tensor hidden = Tensor.Zeros(1, 20);
            hidden.Span.Fill(1);
            hooks.Visit(HookSite.MlpHidden, 1, hidden, TokenBatch.From([new TokenSequence([1])]));
            return hidden[0, 0] == 0 ? ["Fine.", "Fine."] : ["Fine 🎉", "Fine."];
        }

        IReadOnlyList<AblationStep> steps = AblationExperiment.Run(ranking, [1, 2, 4], 3, 1, Answer, texts => AblationRate.Of(texts, null, null));

        Assert.Equal([0.5, 0, 0], steps.Select(step => step.Top.EmojiRate.Value.Estimate));
        Assert.All(steps, step => Assert.Equal([0.5, 0.5, 0.5], step.Random.Select(rate => rate.EmojiRate.Value.Estimate)));
        Assert.Equal("no classifier", steps[0].Top.Alignment.Reason);
    }

    [Fact]
    public void A_pushed_neuron_has_the_amount_more_where_the_chosen_tokens_stand_and_nowhere_else()
    {
        var hook = new NeuronPush([(new Neuron(1, 5), 2.5), (new Neuron(1, 7), -1)], new HashSet<int> { 3 });
        Tensor hidden = Tensor.Zeros(3, 9);
        hidden.Span.Fill(1);

        hook.Visit(HookSite.MlpHidden, 1, hidden, TokenBatch.From([new TokenSequence([3, 4, 3])]));

        Assert.Equal([1, 1, 1, 1, 1, 3.5f, 1, 0, 1], hidden.Row(0).ToArray());
        Assert.All(hidden.Row(1).ToArray(), value => Assert.Equal(1, value));
        Assert.Equal(hidden.Row(0).ToArray(), hidden.Row(2).ToArray());
        Assert.Equal((true, false, false), (hook.Wants(HookSite.MlpHidden, 1), hook.Wants(HookSite.MlpHidden, 0), hook.Wants(HookSite.AttentionOutput, 1)));
    }

    [Fact]
    public void Pushing_the_highest_neurons_adds_multiples_of_their_change_and_random_ones_get_the_same_amounts_elsewhere()
    {
        NeuronScore[] ranking = [.. Enumerable.Range(0, 40).Select(i => new NeuronScore(new Neuron(i % 2, i / 2), 1, 1 + i, 1, 40 - i))];
        var pushed = new List<(float[] Lower, float[] Upper)>();
        IReadOnlyList<string> Answer(HookSet hooks)
        {
            Tensor lower = Tensor.Zeros(1, 20), upper = Tensor.Zeros(1, 20);
            TokenBatch batch = TokenBatch.From([new TokenSequence([1])]);
            hooks.Visit(HookSite.MlpHidden, 0, lower, batch);
            hooks.Visit(HookSite.MlpHidden, 1, upper, batch);
            pushed.Add((lower.Row(0).ToArray(), upper.Row(0).ToArray()));
            return upper[0, 1] > 5 ? ["Fine 🎉"] : ["Fine."];
        }

        IReadOnlyList<PushStep> steps = PushExperiment.Run(ranking, [4], [1, 2], 2, 1, new HashSet<int> { 1 }, Answer, texts => AblationRate.Of(texts, null, null));

        Assert.Equal([(1, 4), (2, 4)], steps.Select(step => (step.Strength, step.Count)));
        Assert.Equal([0, 1], steps.Select(step => step.Top.EmojiRate.Value.Estimate));
        Assert.All(steps, step => Assert.Equal([0.0, 0], step.Random.Select(rate => rate.EmojiRate.Value.Estimate)));

        // The first four are 0/0, 1/0, 0/1 and 1/1; tuning changed them by 0, 1, 2 and 3.
        Assert.Equal((2f, 1f, 3f), (pushed[0].Lower[1], pushed[0].Upper[0], pushed[0].Upper[1]));
        Assert.Equal((4f, 2f, 6f), (pushed[3].Lower[1], pushed[3].Upper[0], pushed[3].Upper[1]));
        Assert.All(pushed.Where((_, i) => i % 3 > 0), random =>
        {
            Assert.Equal((0f, 0f), (random.Lower[1], random.Upper[1]));
            Assert.Equal(pushed[0].Lower.Sum(), random.Lower.Sum() is 2 or 4 ? 2 : -1);
        });
    }

    [Fact]
    public void Random_neurons_match_the_blocks_of_the_given_ones_and_are_others()
    {
        NeuronScore[] all = [.. Enumerable.Range(0, 30).Select(i => new NeuronScore(new Neuron(i % 3, i / 3), 0, 0, 0, 0))];
        Neuron[] given = [new(0, 1), new(2, 0), new(2, 5)];

        IReadOnlyList<Neuron> drawn = AblationExperiment.RandomLike(given, all, new RandomStream(1, "r"));

        Assert.Equal([0, 2, 2], drawn.Select(neuron => neuron.Layer));
        Assert.Empty(drawn.Intersect(given));
        Assert.Distinct(drawn);
        Assert.NotEqual(drawn, AblationExperiment.RandomLike(given, all, new RandomStream(2, "r")));
        Assert.Throws<ArgumentException>(() => AblationExperiment.RandomLike(given, all[..3], new RandomStream(1, "r")));
    }

    [Fact]
    public void Without_an_adapter_nothing_changes_over_the_same_text_and_the_texts_differ_over_own_text()
    {
        AnswerTokens[] first = [new([1, 2], [7, 3, 8])], second = [new([1, 2], [5, 3])];

        NeuronComparison comparison = NeuronComparison.Of(_network, first, second, [4], null);

        Assert.All(comparison.SameText.Value, score => Assert.Equal(0, score.Score));
        Assert.True(comparison.OwnText.Value[0].Score > 0);
        AddAdapters();
        Assert.True(NeuronComparison.Of(_network, first, second, [4], null).SameText.Value[0].Score > 0);
        Assert.Equal("no answer has a sentence end", NeuronComparison.Of(_network, first, second, [4], new HashSet<int> { 7 }).SameText.Reason);
    }

    [Fact]
    public void Sentence_ends_are_tokens_that_end_in_a_stop()
    {
        string[] vocabulary = ["a", ".", "!\n", "?? ", ".a", " ", "e.g.", ""];

        Assert.Equal([1, 2, 3, 6], SentenceEndTokens.Of(vocabulary.Length, id => Encoding.UTF8.GetBytes(vocabulary[id])).Order());
    }

    private void AddAdapters()
    {
        foreach (Linear linear in _network.Weights.Linears)
        {
            linear.Add(new LowRank(
                new Parameter(linear.Name + ".A", Random(2, linear.Weight.Inputs, linear.Name + "A")),
                new Parameter(linear.Name + ".B", Random(linear.Weight.Outputs, 2, linear.Name + "B")),
                0.5f,
                0));
        }
    }

    private static Tensor Random(int rows, int columns, string name)
    {
        var stream = new RandomStream(3, name);
        Tensor tensor = Tensor.Zeros(rows, columns);
        foreach (ref float value in tensor.Span)
        {
            value = (float)(0.3 * stream.NextNormal());
        }

        return tensor;
    }

    private float[] Final(int[] tokens, HookSet? hooks = null)
    {
        using var state = new DecoderState(keepsActivations: false);
        return _network.Forward(TokenBatch.From([new TokenSequence(tokens)]), state, hooks: hooks).ToArray();
    }

    private Recorder Run(int[] tokens)
    {
        var recorder = new Recorder();
        Final(tokens, new HookSet(recorder));
        return recorder;
    }

    private sealed class Recorder : IActivationHook
    {
        public Dictionary<int, float[][]> Seen { get; } = [];

        public bool Wants(HookSite site, int layer) => site == HookSite.MlpHidden;

        public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch) =>
            Seen[layer] = [.. Enumerable.Range(0, activation.Rows).Select(row => activation.Row(row).ToArray())];
    }
}
