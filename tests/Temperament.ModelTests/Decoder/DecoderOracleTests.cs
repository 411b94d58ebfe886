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
    };

    [Theory, MemberData(nameof(Folders))]
    public void Logits_and_activations_equal_the_reference(string folder)
    {
        using var oracle = new Oracle(Resolve(folder));

        foreach (string name in new[] { "s1", "s2", "s17", "s48" })
        {
            var capture = new Capture();
            Tensor logits = oracle.Logits([oracle.Sequence(name)], new HookSet(capture));

            AssertNear(oracle.Expected($"logits.{name}"), logits, 1e-10, $"logits.{name}");
            foreach (((HookSite site, int layer), Tensor activation) in capture.Seen)
            {
                string key = $"site.{layer}.{(site == HookSite.MlpHidden ? "mlp_hidden" : "resid_post")}.{name}";
                if (oracle.Has(key))
                {
                    AssertNear(oracle.Expected(key), activation, 1e-10, key);
                }
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
        foreach (Parameter parameter in oracle.Network.Weights.Parameters)
        {
            AssertNear(gradients.ReadFloats(parameter.Name), parameter.Gradient, 1e-9, parameter.Name);
        }
    }

    [Theory, MemberData(nameof(Folders))]
    public void Greedy_text_with_a_cache_equals_the_reference(string folder)
    {
        using var oracle = new Oracle(Resolve(folder));
        Assert.SkipWhen(folder == "llama-dynamic", "the reference keeps keys of other frequencies in its cache");
        string[] names = ["s1", "s2", "s17", "s48"];

        IReadOnlyList<GeneratedTokens> answers = Generator.Generate(
            oracle.Network, [.. names.Select(oracle.Sequence)], new HashSet<int>(), new GenerationOptions { Temperature = 0, MaxNewTokens = 40 });

        for (int i = 0; i < names.Length; i++)
        {
            JsonElement greedy = oracle.Json.GetProperty("greedy").GetProperty(names[i]);
            int[] expected = [.. greedy.GetProperty("ids").EnumerateArray().Select(e => e.GetInt32())];
            Assert.Equal(expected[^40..], answers[i].Tokens);
        }
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

        public bool Has(string name) => _tensors.Tensors.ContainsKey(name);

        public float[] Expected(string name) => _tensors.ReadFloats(name);

        public Tensor Logits(int[][] sequences, HookSet? hooks)
        {
            TokenBatch batch = TokenBatch.From([.. sequences.Select(s => new TokenSequence(s))]);
            using var state = new DecoderState(keepsActivations: false);
            Tensor final = Network.Forward(batch, state, hooks: hooks);
            Tensor logits = Tensor.Zeros(batch.Rows, Network.Config.VocabularySize);
            Network.Logits(logits, final);
            return logits;
        }

        public void Dispose()
        {
            _tensors.Dispose();
            _model.Dispose();
            _pool.Dispose();
        }
    }

    private sealed class Capture : IActivationHook
    {
        public Dictionary<(HookSite Site, int Layer), Tensor> Seen { get; } = [];

        public bool Wants(HookSite site, int layer) => true;

        public void Visit(HookSite site, int layer, Tensor activation, TokenBatch batch)
        {
            Tensor copy = Tensor.Zeros(activation.Rows, activation.Columns);
            copy.CopyFrom(activation);
            Seen[(site, layer)] = copy;
        }
    }
}
