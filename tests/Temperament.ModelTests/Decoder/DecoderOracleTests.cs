using System.Globalization;
using System.Text.Json;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Models.Hooks;
using Temperament.ModelTests.Support;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Decoder;

/// <summary>
/// Small random checkpoints against transformers in float32. Tolerances are those of the references' README: NMSE 1e-10 for logits and
/// activations, 1e-9 for gradients (the float32 references are 4e-12 and 5e-11 from float64, and planted faults start at 7e-8).
/// </summary>
public sealed class DecoderOracleTests
{
    public static TheoryData<string> Folders => new()
    {
        "golden/llama-tied-llama3rope", "llama-gqa", "llama-linear", "llama-dynamic", "llama-yarn", "llama-sharded", "smollm2-like",
        "mistral-window", "qwen2", "qwen3", "gemma", "gemma2", "golden/gemma3-text", "phi3", "phi3-longrope", "golden/gpt2", "golden/gptj",
    };

    [Theory, MemberData(nameof(Folders))]
    public void Logits_and_activations_equal_the_reference(string folder)
    {
        using var oracle = new Oracle(Resolve(folder));

        foreach (string name in new[] { "s1", "s2", "s17", "s48" })
        {
            var capture = new ActivationCopy();
            Tensor logits = oracle.Logits([oracle.Sequence(name)], new HookSet(capture));

            AssertNear(oracle.Expected($"logits.{name}"), logits, 1e-10, $"logits.{name}");
            Assert.True(oracle.Logits([oracle.Sequence(name)], hooks: null).ToArray().AsSpan().SequenceEqual(logits.ToArray()), "a hook that only looks changed the logits");
            Assert.True(capture.Found[(HookSite.Logits, 0)].Span.SequenceEqual(logits.Span));
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public void Every_activation_of_the_reference_is_found_at_its_site(string folder)
    {
        using var oracle = new Oracle(Resolve(folder));
        foreach (string name in new[] { "s17", "s48" })
        {
            var capture = new ActivationCopy();
            oracle.Logits([oracle.Sequence(name)], new HookSet(capture));

            string[] keys = [.. oracle.Names.Where(n => n.StartsWith("site.", StringComparison.Ordinal) && n.EndsWith("." + name, StringComparison.Ordinal))];
            Assert.True(keys.Length >= (name == "s17" ? (6 * oracle.Network.Config.Layers) + 2 : 0));
            foreach (string key in keys)
            {
                string[] parts = key.Split('.');
                bool inBlock = parts.Length == 4;
                Tensor activation = capture.Found[(Sites.Of(parts[inBlock ? 2 : 1]), inBlock ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0)];
                AssertNear(oracle.Expected(key), parts[^2] == "attn_probs" ? Sites.ByHead(activation, oracle.Network.Config.Heads) : activation, 1e-10, key);
            }
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public void Sequences_side_by_side_give_the_bits_of_each_alone(string folder)
    {
        Assert.SkipWhen(folder == "llama-dynamic", "dynamic rotary scaling depends on the longest sequence of a pass by definition");
        using var oracle = new Oracle(Resolve(folder));
        int[] first = oracle.Sequence("s17"), second = oracle.Sequence("s48");

        Tensor together = oracle.Logits([first, second], hooks: null);
        Tensor alone = oracle.Logits([second], hooks: null);

        Assert.True(together.SliceRows(first.Length, second.Length).Span.SequenceEqual(alone.Span));
    }

    [Theory, MemberData(nameof(Folders))]
    public void Loss_and_gradients_equal_the_reference(string folder)
    {
        using var oracle = new Oracle(Resolve(folder));
        JsonElement loss = oracle.Json.GetProperty("loss");
        int[] ids = oracle.Sequence("s48");
        int[] labels = [.. loss.GetProperty("labels").EnumerateArray().Select(e => e.GetInt32())];
        TokenBatch batch = TokenBatch.From([new TokenSequence(ids, [.. labels.Skip(1), TokenBatch.NoTarget])]);
        foreach (Parameter parameter in oracle.Network.Weights.Parameters)
        {
            parameter.SetTrainable(true);
        }

        using var state = new DecoderState(keepsActivations: true);
        float[] losses = LanguageLoss.Backward(oracle.Network, batch, state, 1f / batch.TargetCount);

        Assert.Equal(loss.GetProperty("value").GetDouble(), losses.Sum(l => (double)l) / batch.TargetCount, 1e-5);
        using SafetensorsFile gradients = SafetensorsFile.Open(Path.Combine(oracle.Folder, "gradients.safetensors"));
        string[] zero = [.. loss.GetProperty("gradient_is_zero").EnumerateArray().Select(e => e.GetString()!)];
        Assert.Equal(gradients.Tensors.Keys.Order(StringComparer.Ordinal), oracle.Network.Weights.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(oracle.Network.Config.ParameterCount, oracle.Network.Weights.Parameters.Sum(p => p.Value.Count));
        foreach (Parameter parameter in oracle.Network.Weights.Parameters)
        {
            float[] expected = gradients.ReadFloats(parameter.Name);
            Tensor actual = oracle.Network.Config.Layout.StoresTransposed(parameter.Name) ? Transposed(parameter.Gradient) : parameter.Gradient;
            if (zero.Contains(parameter.Name))
            {
                Assert.All(actual.Span.ToArray(), g => Assert.InRange(g, -1e-6f, 1e-6f));
            }
            else
            {
                AssertNear(expected, actual, 1e-9, parameter.Name);
            }
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public void Greedy_text_with_a_cache_equals_the_reference(string folder)
    {
        using var oracle = new Oracle(Resolve(folder));
        string[] names = ["s1", "s2", "s17", "s48"];
        var options = new GenerationOptions { Temperature = 0, MaxNewTokens = 40 };

        // Dynamic rotary scaling looks at the longest sequence of a pass, so the reference generates one text at a time.
        IReadOnlyList<GeneratedTokens> answers = folder == "llama-dynamic"
            ? [.. names.Select(name => Generator.Generate(oracle.Network, [oracle.Sequence(name)], new HashSet<int>(), options)[0])]
            : Generator.Generate(oracle.Network, [.. names.Select(oracle.Sequence)], new HashSet<int>(), options);

        for (int i = 0; i < names.Length; i++)
        {
            JsonElement greedy = oracle.Json.GetProperty("greedy").GetProperty(names[i]);
            JsonElement ids = greedy.TryGetProperty("generate_with_cache_ids", out JsonElement cached) ? cached : greedy.GetProperty("ids");
            int[] expected = [.. ids.EnumerateArray().Select(e => e.GetInt32())];
            Assert.Equal(expected[^40..], answers[i].Tokens);
        }
    }

    private static Tensor Transposed(Tensor tensor)
    {
        Tensor turned = Tensor.Zeros(tensor.Columns, tensor.Rows);
        for (int r = 0; r < tensor.Rows; r++)
        {
            for (int c = 0; c < tensor.Columns; c++)
            {
                turned[c, r] = tensor[r, c];
            }
        }

        return turned;
    }

    private static string Resolve(string folder) =>
        folder.StartsWith("golden/", StringComparison.Ordinal)
            ? Oracles.Golden("models", folder["golden/".Length..])
            : Oracles.Shared("oracles", "models", folder);

    private static void AssertNear(float[] expected, Tensor actual, double limit, string name)
    {
        double error = Oracles.Nmse(actual.Span, expected);
        Assert.True(error <= limit, $"{name}: NMSE {error:e2} is above {limit:e0}");
    }

    private sealed class Oracle : IDisposable
    {
        private readonly SafetensorsFile _tensors;
        private readonly LanguageModel _model;
        private readonly ComputePool _pool = new(2);

        public Oracle(string folder)
        {
            Folder = folder;
            Json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "oracle.json"))).RootElement;
            _tensors = SafetensorsFile.Open(Path.Combine(folder, "oracle.safetensors"));
            _model = LanguageModel.Load(ModelSource.Open(folder), _pool);
        }

        public string Folder { get; }

        public JsonElement Json { get; }

        public DecoderNetwork Network => _model.Network;

        public int[] Sequence(string name) =>
            [.. Json.GetProperty("sequences").GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];

        public IEnumerable<string> Names => _tensors.Tensors.Keys;

        public float[] Expected(string name) => _tensors.ReadFloats(name);

        public Tensor Logits(int[][] sequences, HookSet? hooks)
        {
            TokenBatch batch = TokenBatch.From([.. sequences.Select(s => new TokenSequence(s))]);
            using var state = new DecoderState(keepsActivations: false);
            Tensor final = Network.Forward(batch, state, hooks: hooks);
            Tensor logits = Tensor.Zeros(batch.Rows, Network.Config.VocabularySize);
            Network.Logits(logits, final, hooks, batch);
            return logits;
        }

        public void Dispose()
        {
            _tensors.Dispose();
            _model.Dispose();
            _pool.Dispose();
        }
    }
}
