using System.Globalization;
using System.Text.Json;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.Models.Hooks;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Models.Encoders;

/// <summary>Small random encoders against transformers in float32, with the tolerances of the decoders: 1e-10 and, for gradients, 1e-9.</summary>
public sealed class EncoderOracleTests : IDisposable
{
    private readonly ComputePool _pool = new(2);

    public static TheoryData<string> Classifiers => new() { "golden/bert-seqcls", "roberta-seqcls", "distilbert-seqcls" };

    public static TheoryData<string> Sequences => new() { "s1", "s2", "s17", "s48" };

    [Theory, MemberData(nameof(Classifiers))]
    public void Logits_of_texts_alone_and_together_equal_the_reference(string folder)
    {
        using var oracle = new Oracle(Resolve(folder));
        using TextClassifier classifier = TextClassifier.Load(oracle.Folder, _pool);
        using var state = new EncoderState(keepsActivations: false);
        Assert.Equal(["extraversion", "agreeableness", "neuroticism", "openness", "conscientiousness"], classifier.Labels);
        foreach (string name in new[] { "s1", "s2", "s17", "s48" })
        {
            AssertNear(oracle.Expected($"logits.{name}"), classifier.Logits([oracle.Sequence(name)], state).ToArray(), 1e-10, name);
        }

        EncoderInput[] batch = Oracle.Inputs(oracle.Json.GetProperty("batches").GetProperty("batch_right"));
        float[] together = classifier.Logits(batch, state).ToArray();
        AssertNear(oracle.Expected("logits.batch_right"), together, 1e-10, "batch_right");
        for (int i = 0; i < batch.Length; i++)
        {
            Assert.Equal(together[(5 * i)..(5 * (i + 1))], classifier.Logits([batch[i]], state).ToArray());
        }
    }

    [Theory, MemberData(nameof(Classifiers))]
    public void Every_activation_of_the_reference_is_found_at_its_site(string folder)
    {
        using var oracle = new Oracle(Resolve(folder));
        using TextClassifier classifier = TextClassifier.Load(oracle.Folder, _pool);
        using var state = new EncoderState(keepsActivations: false);
        float[] plain = classifier.Logits([oracle.Sequence("s17")], state).ToArray();
        var copy = new ActivationCopy();

        float[] looked = classifier.Logits([oracle.Sequence("s17")], state, new HookSet(copy)).ToArray();

        Assert.Equal(plain, looked);
        AssertNear(oracle.Expected("site.pooled.s17"), classifier.Pooled.Span, 1e-10, "pooled");
        AssertSites(oracle, copy, classifier.Encoder.Config.Shape.Heads);
    }

    [Theory, MemberData(nameof(Classifiers))]
    public void Loss_and_gradients_equal_the_reference(string folder)
    {
        using var oracle = new Oracle(Resolve(folder));
        using TextClassifier classifier = TextClassifier.Load(oracle.Folder, _pool);
        JsonElement loss = oracle.Json.GetProperty("loss");
        EncoderInput[] inputs = Oracle.Inputs(loss);
        foreach (Parameter parameter in classifier.Parameters)
        {
            parameter.SetTrainable(true);
        }

        using var state = new EncoderState(keepsActivations: true);
        float[] losses = classifier.Backward(inputs, Ids(loss.GetProperty("labels")), state, 1f / inputs.Length);

        Assert.Equal(loss.GetProperty("value").GetDouble(), losses.Average(l => (double)l), 1e-6);
        AssertGradients(oracle, classifier.Parameters, unused: []);
    }

    [Theory, MemberData(nameof(Sequences))]
    public void Embeddings_equal_the_reference(string sequence)
    {
        using var oracle = new Oracle(Resolve("minilm-embedding"));
        using SentenceEncoder encoder = SentenceEncoder.Load(oracle.Folder, _pool);

        AssertNear(oracle.Expected($"embedding.{sequence}"), encoder.Embed([oracle.Sequence(sequence)]).ToArray(), 1e-10, sequence);
    }

    [Fact]
    public void Embeddings_of_a_batch_and_their_activations_equal_the_reference()
    {
        using var oracle = new Oracle(Resolve("minilm-embedding"));
        using SentenceEncoder encoder = SentenceEncoder.Load(oracle.Folder, _pool);
        EncoderInput[] batch = Oracle.Inputs(oracle.Json.GetProperty("batches").GetProperty("batch_right"));

        AssertNear(oracle.Expected("embedding.batch_right"), encoder.Embed(batch).ToArray(), 1e-10, "batch_right");
        using var state = new EncoderState(keepsActivations: false);
        var copy = new ActivationCopy();
        encoder.Forward([oracle.Sequence("s17")], state, new HookSet(copy));
        AssertSites(oracle, copy, encoder.Encoder.Config.Shape.Heads);
    }

    [Fact]
    public void Gradients_of_embeddings_equal_the_reference()
    {
        using var oracle = new Oracle(Resolve("minilm-embedding"));
        using SentenceEncoder encoder = SentenceEncoder.Load(oracle.Folder, _pool);
        JsonElement loss = oracle.Json.GetProperty("loss");
        foreach (Parameter parameter in encoder.Encoder.Weights.Parameters)
        {
            parameter.SetTrainable(true);
        }

        using var state = new EncoderState(keepsActivations: true);
        double product = 0;
        encoder.Backward(Oracle.Inputs(loss), state, embeddings =>
        {
            Tensor gradient = Tensor.Zeros(2, embeddings.Columns);
            embeddings.Row(0).CopyTo(gradient.Row(1));
            embeddings.Row(1).CopyTo(gradient.Row(0));
            product = embeddings.Row(0).ToArray().Zip(embeddings.Row(1).ToArray(), (a, b) => (double)a * b).Sum();
            return gradient;
        });

        Assert.Equal(loss.GetProperty("value").GetDouble(), product, 1e-6);
        AssertGradients(oracle, encoder.Encoder.Weights.Parameters, unused: ["pooler.dense.weight", "pooler.dense.bias"]);
    }

    [Fact]
    public void Texts_are_classified_and_embedded_through_the_tokenizer()
    {
        using var oracle = new Oracle(Resolve("golden/bert-seqcls"));
        using TextClassifier classifier = TextClassifier.Load(oracle.Folder, _pool);
        string text = oracle.Json.GetProperty("text").GetString()!;
        EncoderInput input = classifier.Encode(text);
        Assert.Equal(oracle.Sequence("s17").Tokens[..16], input.Tokens[..16]);
        Assert.Equal(3, input.Tokens[^1]);

        TextClass found = classifier.Classify([text, "short", text])[2];
        Assert.Equal(1, found.Probabilities.Sum(), 1e-6);
        Assert.Equal(found.Label, classifier.Labels[found.Probabilities.ToList().IndexOf(found.Probabilities.Max())]);

        EncoderInput longest = classifier.Encode(string.Concat(Enumerable.Repeat(text, 40)));
        Assert.Equal(64, longest.Tokens.Length);
        Assert.Equal(3, longest.Tokens[^1]);
        Assert.Equal(input.Tokens[..16], longest.Tokens[..16]);
    }

    [Fact]
    public void A_decoder_and_a_text_that_is_too_long_are_refused_by_name()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => TextClassifier.Load(Oracles.Golden("models", "gpt2"), _pool));
        Assert.Contains("GPT2LMHeadModel", error.Message, StringComparison.Ordinal);
        Assert.Contains("BertForSequenceClassification", error.Message, StringComparison.Ordinal);

        using TextClassifier classifier = TextClassifier.Load(Oracles.Golden("models", "bert-seqcls"), _pool);
        using var state = new EncoderState(keepsActivations: false);
        Assert.Throws<ContextLengthException>(() => classifier.Logits([new EncoderInput(new int[65])], state));
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.Logits([new EncoderInput([320])], state));
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.Logits([new EncoderInput([1], [2])], state));
    }

    public void Dispose() => _pool.Dispose();

    private static string Resolve(string folder) => folder.StartsWith("golden/", StringComparison.Ordinal)
        ? Oracles.Golden("models", folder["golden/".Length..])
        : Oracles.Shared("oracles", "models", folder);

    private static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt32())];

    private static void AssertSites(Oracle oracle, ActivationCopy copy, int heads)
    {
        string[] keys = [.. oracle.Names.Where(n => n.StartsWith("site.", StringComparison.Ordinal) && n.EndsWith(".s17", StringComparison.Ordinal) && !n.Contains("pooled"))];
        Assert.True(keys.Length >= 15);
        foreach (string key in keys)
        {
            string[] parts = key.Split('.');
            bool inBlock = parts.Length == 4;
            int layer = inBlock ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
            Tensor found = copy.Found[(Sites.Of(parts[inBlock ? 2 : 1]), layer)];
            AssertNear(oracle.Expected(key), (parts[^2] == "attn_probs" ? Sites.ByHead(found, heads) : found).ToArray(), 1e-10, key);
        }
    }

    private static void AssertGradients(Oracle oracle, IEnumerable<Parameter> parameters, string[] unused)
    {
        using SafetensorsFile gradients = SafetensorsFile.Open(Path.Combine(oracle.Folder, "gradients.safetensors"));
        string[] zero = [.. oracle.Json.GetProperty("loss").GetProperty("gradient_is_zero").EnumerateArray().Select(e => e.GetString()!)];
        Assert.Equal(gradients.Tensors.Keys.Except(unused).Order(StringComparer.Ordinal), parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach (Parameter parameter in parameters)
        {
            if (zero.Contains(parameter.Name))
            {
                Assert.All(parameter.Gradient.Span.ToArray(), g => Assert.InRange(g, -1e-6f, 1e-6f));
            }
            else
            {
                AssertNear(gradients.ReadFloats(parameter.Name), parameter.Gradient.Span, 1e-9, parameter.Name);
            }
        }
    }

    private static void AssertNear(float[] expected, ReadOnlySpan<float> actual, double limit, string name)
    {
        double error = Oracles.Nmse(actual, expected);
        Assert.True(error <= limit, $"{name}: NMSE {error:e2} is above {limit:e0}");
    }

    private sealed class Oracle : IDisposable
    {
        private readonly SafetensorsFile _tensors;

        public Oracle(string folder)
        {
            Folder = folder;
            Json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "oracle.json"))).RootElement;
            _tensors = SafetensorsFile.Open(Path.Combine(folder, "oracle.safetensors"));
        }

        public string Folder { get; }

        public JsonElement Json { get; }

        public IEnumerable<string> Names => _tensors.Tensors.Keys;

        public EncoderInput Sequence(string name) => new(Ids(Json.GetProperty("sequences").GetProperty(name)));

        public float[] Expected(string name) => _tensors.ReadFloats(name);

        /// <summary>The rows of a padded batch without their padding.</summary>
        public static EncoderInput[] Inputs(JsonElement batch)
        {
            int[][] ids = [.. batch.GetProperty("ids").EnumerateArray().Select(Ids)], masks = [.. batch.GetProperty("mask").EnumerateArray().Select(Ids)];
            int[][]? types = batch.TryGetProperty("token_type_ids", out JsonElement given) ? [.. given.EnumerateArray().Select(Ids)] : null;
            return [.. ids.Select((row, i) => new EncoderInput(row[..masks[i].Sum()], types?[i][..masks[i].Sum()]))];
        }

        public void Dispose() => _tensors.Dispose();
    }
}
