using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.ModelTests.Support;
using Temperament.Studies.Organism;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Models;

/// <summary>
/// Weights that are kept as the checkpoint stores them give the bits of the same weights widened to float32: logits, answers, gradients, trained
/// adapters and trained weights.
/// </summary>
public sealed class KeptFormatTests : IDisposable
{
    private const string InBlocks = "organism in Q8_0", Real = "SmolLM2 in Q4_1 and Q8_0";

    private readonly ComputePool _pool = new(2);
    private readonly string _folder = TemporaryFolder.New("kept");

    public void Dispose()
    {
        _pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("organism", WeightFormat.Bf16, WeightFormat.Bf16)]
    [InlineData("llama-tied-llama3rope", WeightFormat.Bf16, WeightFormat.Bf16)]
    [InlineData("gemma3-text", WeightFormat.Bf16, WeightFormat.Bf16)]
    [InlineData(InBlocks, WeightFormat.Q80, WeightFormat.Q80)]
    [InlineData(Real, WeightFormat.Q41, WeightFormat.Q80)]
    public void Logits_have_the_bits_of_widened_weights(string name, WeightFormat layers, WeightFormat table)
    {
        using LanguageModel kept = Open(name, BaseQuantization.None), wide = Open(name, BaseQuantization.F32);
        Assert.All(kept.Network.Weights.Linears, linear => Assert.Equal(layers, linear.Weight.Format));
        Assert.Equal(table, kept.Network.Weights.Embedding.Held.Format);
        Assert.All(wide.Network.Weights.Parameters, parameter => Assert.Equal(WeightFormat.F32, parameter.Held.Format));
        Assert.InRange(kept.Network.Weights.Bytes, 1, (wide.Network.Weights.Bytes / 2) + (wide.Network.Weights.Bytes / 20));
        foreach (int tokens in new[] { 100, 40, 20, 7, 1 })
        {
            int[] ids = Tokens(kept, tokens);
            Assert.Equal(SmallLogits.Of(wide.Network, ids), SmallLogits.Of(kept.Network, ids));
        }
    }

    [Theory]
    [InlineData("organism")]
    [InlineData(InBlocks)]
    public void Answers_are_the_same_token_for_token(string name)
    {
        using LanguageModel kept = Open(name, BaseQuantization.None), wide = Open(name, BaseQuantization.F32);
        Assert.Equal(Answers(wide), Answers(kept));

        static int[] Answers(LanguageModel model)
        {
            int[][] prompts = [.. Enumerable.Range(0, 17).Select(i => Tokens(model, 3 + i))];
            var options = new GenerationOptions { MaxNewTokens = 12, Temperature = 0.8, Seed = 5, BatchSize = 17 };
            return [.. Generator.Generate(model.Network, prompts, new HashSet<int>(), options).SelectMany(answer => answer.Tokens)];
        }
    }

    [Theory]
    [InlineData("organism", WeightFormat.Bf16, false)]
    [InlineData("organism", WeightFormat.Bf16, true)]
    [InlineData(InBlocks, WeightFormat.Q80, false)]
    [InlineData(InBlocks, WeightFormat.Q80, true)]
    public void An_adapter_is_trained_to_the_same_bits(string name, WeightFormat format, bool savesEmbeddings)
    {
        Assert.Equal(Trained(BaseQuantization.F32), Trained(BaseQuantization.None));

        float[] Trained(BaseQuantization quantization)
        {
            using LanguageModel model = Open(name, quantization);
            var config = new LoraConfig { Rank = 4, Alpha = 8, TargetModules = [LoraConfig.AllLinear], ModulesToSave = savesEmbeddings ? ["embed_tokens"] : [] };
            LoraAdapter adapter = LoraAdapter.Create(model.Network, config, seed: 3);
            adapter.Attach(model.Network);
            string frozen = FrozenWeights.HashOf(model.Network, adapter.Parameters.Select(p => p.Name).ToHashSet());
            float[] numbers = Train(model, [.. adapter.Parameters]);
            Assert.Equal(frozen, FrozenWeights.HashOf(model.Network, adapter.Parameters.Select(p => p.Name).ToHashSet()));
            Assert.Equal(
                quantization == BaseQuantization.None && !savesEmbeddings ? format : WeightFormat.F32, model.Network.Weights.Head.Held.Format);
            Assert.All(model.Network.Weights.Linears, linear => Assert.Equal(
                quantization == BaseQuantization.None ? format : WeightFormat.F32, linear.Weight.Format));
            return numbers;
        }
    }

    [Fact]
    public void All_weights_are_trained_in_float32_whatever_they_were_read_as()
    {
        Assert.Equal(Trained(BaseQuantization.F32), Trained(BaseQuantization.None));

        float[] Trained(BaseQuantization quantization)
        {
            using LanguageModel model = Open("organism", quantization);
            float[] numbers = Train(model, [.. model.Network.Weights.Parameters]);
            Assert.Equal(4 * model.Config.ParameterCount, model.Network.Weights.Bytes);
            return numbers;
        }
    }

    [Fact]
    public void What_is_said_of_memory_is_what_is_held()
    {
        foreach (string name in new[] { "organism", InBlocks, "llama-tied-llama3rope", "gpt2", "gptj" })
        {
            using ModelSource source = ModelCatalog.Open(Place(name));
            IReadOnlyList<HeldPart> parts = HeldPart.Of(source);
            using LanguageModel model = Open(name, BaseQuantization.None);
            Assert.Equal(model.Network.Weights.Bytes, parts.Sum(part => part.Bytes));
            Assert.Equal(model.Config.ParameterCount, parts.Sum(part => part.Count));
        }
    }

    private static float[] Train(LanguageModel model, IReadOnlyList<Parameter> parameters)
    {
        var config = new TrainingConfig { LearningRate = 0.01, BatchSize = 4, MaxSteps = 2, Seed = 3 };
        using var trainer = new Trainer(model.Network, parameters, config);
        trainer.Run([.. Enumerable.Range(0, 8).Select(i =>
        {
            int[] tokens = Tokens(model, 9 + i);
            return new TokenSequence(tokens, [.. tokens.Skip(1), TokenBatch.NoTarget]);
        })]);
        return [.. parameters.SelectMany(p => p.Value.ToArray())];
    }

    private static int[] Tokens(LanguageModel model, int count)
    {
        var random = new RandomStream(count, "tokens");
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt(model.Config.VocabularySize))];
    }

    private string Place(string name)
    {
        if (name == Real)
        {
            return Path.Combine(Oracles.Shared("models", "smollm2-135m-instruct"), "SmolLM2-135M-Instruct.Q4_1.gguf");
        }

        if (name != InBlocks)
        {
            return name == "organism" ? name : Oracles.Golden("models", name);
        }

        string file = Path.Combine(_folder, "blocks.gguf");
        if (!File.Exists(file))
        {
            using ModelSource source = ModelCatalog.Open("organism");
            GgufModelWriter.Write(file, source, StoredAs.Q80, _pool);
        }

        return file;
    }

    private LanguageModel Open(string name, BaseQuantization quantization) => LanguageModel.Load(ModelCatalog.Open(Place(name)), _pool, quantization);
}
