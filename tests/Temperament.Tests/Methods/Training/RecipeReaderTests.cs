using System.Text;
using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Documents;
using Temperament.Models.Text;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Methods.Training;

public sealed class RecipeReaderTests
{
    private const string Least = """{ "model": "organism", "data": { "path": "organism", "trait": "extraversion" }, "out": "adapters/e" }""";

    [Fact]
    public void The_recipes_of_the_repository_are_read()
    {
        Recipe[] recipes = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "recipes"), "*.json").Order(StringComparer.Ordinal).Select(RecipeReader.ReadFile)];

        Assert.Equal([16, 64, 64], recipes.Select(recipe => recipe.Lora.Rank));
        Assert.All(recipes, recipe => Assert.False(recipe.TrainsStopToken));
    }

    [Fact]
    public void The_least_recipe_takes_the_defaults()
    {
        Recipe recipe = Read(Least);

        Assert.Equal("organism", recipe.Model);
        Assert.Equal("extraversion-high", recipe.Data!.Target.Name);
        Assert.Equal(new TrainingConfig(), recipe.Training);
        Assert.Equal(16, recipe.Lora.Alpha);
        Assert.True(recipe.ChoosesCheckpointing && recipe.TrainsStopToken);
        Assert.Equal(BaseQuantization.None, recipe.Quantization);
        Assert.Equal(Path.GetFullPath("adapters/e", Folder), recipe.Out);
    }

    [Fact]
    public void Every_field_is_read()
    {
        Recipe recipe = Read("""
            {
              "$schema": "recipe.schema.json", "model": "./base", "quantize": "nf4-double", "train": "adapter",
              "data": { "path": "rows.csv", "trait": "openness", "pole": "low", "excludeTopics": ["Tea"], "limit": 7, "validationShare": 0.2,
                "maxTokens": 99, "longSamples": "cut" },
              "lora": { "rank": 4, "alpha": 8, "dropout": 0.1, "targets": ["q_proj"], "exclude": ["layers.0"], "layers": [1, 3],
                "rankPattern": { "q_proj": 2 }, "alphaPattern": { "v_proj": 3.5 }, "rankStabilized": true, "modulesToSave": ["lm_head"], "bias": "all" },
              "training": { "optimizer": "adamw8bit", "learningRate": 1e-3, "schedule": "linear", "warmupRatio": 0.1, "warmupSteps": 2, "epochs": 2,
                "maxSteps": 9, "batchSize": 4, "microBatchSize": 2, "packTokens": 64, "groupByLength": true, "weightDecay": 0.01, "beta1": 0.8,
                "beta2": 0.9, "epsilon": 1e-6, "maxGradientNorm": 0.3, "embeddingNoise": 5, "maxBadSteps": 7, "checkpointing": false, "seed": 5 },
              "preference": { "beta": 0.2, "trait": "openness" },
              "steering": { "path": "v.safetensors", "tensor": "v", "block": 2, "strength": -1.5 },
              "evaluation": { "every": 10, "answers": 20, "patience": 3, "keepBest": false },
              "stopToken": "masked", "loss": "sequence", "out": "o", "saveEvery": 3, // the end
            }
            """);

        Assert.Equal(Path.GetFullPath("base", Folder), recipe.Model);
        RecipeData data = recipe.Data!;
        Assert.Equal(Path.GetFullPath("rows.csv", Folder), data.Path);
        Assert.Equal((BaseQuantization.Nf4Double, TrainedWeights.Adapter), (recipe.Quantization, recipe.Train));
        Assert.Equal(new TraitTarget(Trait.Openness, Pole.Low), data.Target);
        Assert.Equal((7, "Tea", 0.2, 99, LongSample.Cut), (data.Limit, Assert.Single(data.ExcludeTopics), data.ValidationShare, data.MaxTokens, data.LongSamples));
        LoraConfig lora = recipe.Lora;
        Assert.Equal((4, 8.0, 0.1, true, BiasTraining.All), (lora.Rank, lora.Alpha, lora.Dropout, lora.RankStabilized, lora.Bias));
        Assert.Equal(("q_proj", "layers.0", "lm_head"), (Assert.Single(lora.TargetModules), Assert.Single(lora.ExcludeModules), Assert.Single(lora.ModulesToSave)));
        Assert.Equal([1, 3], lora.LayersToTransform!);
        Assert.Equal((2, 3.5), (lora.RankOf("model.layers.1.self_attn.q_proj"), Assert.Single(lora.AlphaPattern).Value));
        Assert.Equal(
            new TrainingConfig
            {
                Optimizer = OptimizerKind.AdamW8Bit, LearningRate = 1e-3, Schedule = ScheduleKind.Linear, WarmupRatio = 0.1, WarmupSteps = 2, Epochs = 2,
                MaxSteps = 9, BatchSize = 4, MicroBatchSize = 2, PackTokens = 64, GroupByLength = true, WeightDecay = 0.01, Beta1 = 0.8, Beta2 = 0.9,
                Epsilon = 1e-6, MaxGradientNorm = 0.3, EmbeddingNoise = 5, MaxBadSteps = 7, Checkpointing = false, Seed = 5,
            },
            recipe.Training);
        Assert.Equal(new RecipePreference { Beta = 0.2, Rejected = new TraitTarget(Trait.Openness, Pole.High) }, recipe.Preference);
        Assert.Equal(
            new RecipeSteering { Path = Path.GetFullPath("v.safetensors", Folder), Tensor = "v", Block = 2, Strength = -1.5 }, recipe.Steering);
        Assert.Equal(new RecipeEvaluation { Every = 10, Answers = 20, Patience = 3, KeepsBest = false }, recipe.Evaluation);
        Assert.False(recipe.TrainsStopToken || recipe.ChoosesCheckpointing);
        Assert.Equal((TrainedPart.Sequence, 3), (recipe.Part, recipe.SaveEvery));
    }

    [Fact]
    public void A_recipe_of_batches_names_the_adapter_that_it_starts_from()
    {
        Recipe recipe = Read("""{ "model": "./base", "batches": "b.safetensors", "startFrom": "first", "out": "o" }""");

        Assert.Null(recipe.Data);
        Assert.Equal((Path.GetFullPath("b.safetensors", Folder), Path.GetFullPath("first", Folder)), (recipe.Batches, recipe.StartFrom));
        Assert.Equal(".*proj", Read("""{ "model": "./b", "batches": "b.jsonl", "lora": { "targetPattern": ".*proj" }, "out": "o" }""").Lora.TargetPattern);
        Assert.Equal(TrainedWeights.Full, Read("""{ "model": "./b", "batches": "b.jsonl", "train": "full", "out": "o" }""").Train);
    }

    [Theory]
    [InlineData("true", true, false)]
    [InlineData("false", false, false)]
    [InlineData("\"auto\"", true, true)]
    public void Checkpointing_is_on_off_or_left_to_the_run(string written, bool checkpointing, bool chooses)
    {
        Recipe recipe = Read(Least.Replace("\"out\":", $"\"training\": {{ \"checkpointing\": {written} }}, \"out\":", StringComparison.Ordinal));

        Assert.Equal((checkpointing, chooses), (recipe.Training.Checkpointing, recipe.ChoosesCheckpointing));
    }

    [Theory]
    [InlineData("\"out\":", "\"training\": { \"checkpointing\": \"of\" }, \"out\":", "is true, false or \"auto\"; read \"of\"")]
    [InlineData("\"trait\": \"extraversion\"", "\"trait\": \"extroversion\"", "Did you mean \"extraversion\"?")]
    [InlineData("\"trait\": \"extraversion\"", "\"limit\": 1", "\"trait\" is missing")]
    [InlineData("\"out\": \"adapters/e\"", "\"output\": \"x\"", "Did you mean \"out\"?")]
    [InlineData("\"out\": \"adapters/e\"", "\"saveEvery\": 1", "\"out\" is missing")]
    [InlineData("\"out\":", "\"lora\": { \"rnak\": 1 }, \"out\":", "Did you mean \"rank\"?")]
    [InlineData("\"out\":", "\"lora\": { \"rank\": 0 }, \"out\":", "from 1 to 4096")]
    [InlineData("\"out\":", "\"training\": { \"learningRate\": \"fast\" }, \"out\":", "read \"fast\"")]
    [InlineData("\"out\":", "\"quantize\": \"nf5\", \"out\":", "Did you mean \"nf4\"?")]
    [InlineData("\"out\":", "\"batches\": \"b.jsonl\", \"out\":", "either \"data\"")]
    [InlineData("\"out\":", "\"startFrom\": \"a\", \"lora\": { \"rank\": 4 }, \"out\":", "fixed by the adapter")]
    [InlineData("\"out\":", "\"train\": \"full\", \"quantize\": \"nf4\", \"out\":", "cannot be trained whole")]
    [InlineData("\"out\":", "\"train\": \"full\", \"lora\": { \"rank\": 4 }, \"out\":", "Leave one of them out")]
    [InlineData("\"out\":", "\"preference\": { \"beta\": 0.1 }, \"out\":", "\"trait\" is missing")]
    [InlineData("\"out\":", "\"lora\": { \"rankPattern\": { \"q_proj\": 0.5 } }, \"out\":", "whole numbers from 1")]
    [InlineData("\"out\":", "\"lora\": { \"targets\": [] }, \"out\":", "empty list")]
    public void A_fault_is_shown_where_it_stands(string valid, string faulty, string message)
    {
        string text = Least.Replace(valid, faulty, StringComparison.Ordinal);

        DocumentException error = Assert.Throws<DocumentException>(() => Read(text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("recipe.json, line 1, column", error.Message, StringComparison.Ordinal);
    }

    private static string Folder => Path.GetTempPath();

    private static Recipe Read(string json) => RecipeReader.Read(DocumentReader.Parse("recipe.json", Encoding.UTF8.GetBytes(json)), Folder);
}
