using System.Text;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Documents;
using Temperament.Models.Text;
using Xunit;

namespace Temperament.Tests.Methods.Training;

public sealed class RecipeReaderTests
{
    private const string Least = """{ "model": "organism", "data": { "path": "organism", "trait": "extraversion" }, "out": "adapters/e" }""";

    [Fact]
    public void The_least_recipe_takes_the_defaults()
    {
        Recipe recipe = Read(Least);

        Assert.Equal("organism", recipe.Model);
        Assert.Equal("extraversion-high", recipe.Data.Target.Name);
        Assert.Equal(new TrainingConfig(), recipe.Training);
        Assert.Equal(16, recipe.Lora.Alpha);
        Assert.True(recipe.TrainsStopToken);
        Assert.Equal(BaseQuantization.None, recipe.Quantization);
        Assert.Equal(Path.GetFullPath("adapters/e", Folder), recipe.Out);
    }

    [Fact]
    public void Every_field_is_read()
    {
        Recipe recipe = Read("""
            {
              "$schema": "recipe.schema.json", "model": "./base", "quantize": "nf4-double",
              "data": { "path": "rows.csv", "trait": "openness", "pole": "low", "excludeTopics": ["Tea"], "limit": 7 },
              "lora": { "rank": 4, "alpha": 8, "dropout": 0.1, "targets": ["q_proj"], "exclude": ["layers.0"], "rankStabilized": true },
              "training": { "learningRate": 1e-3, "schedule": "linear", "warmupRatio": 0.1, "epochs": 2, "maxSteps": 9, "batchSize": 4,
                "microBatchSize": 2, "groupByLength": true, "weightDecay": 0.01, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-6,
                "maxGradientNorm": 0.3, "seed": 5 },
              "stopToken": "masked", "loss": "sequence", "out": "o", "saveEvery": 3, // the end
            }
            """);

        Assert.Equal(Path.GetFullPath("base", Folder), recipe.Model);
        Assert.Equal(Path.GetFullPath("rows.csv", Folder), recipe.Data.Path);
        Assert.Equal(BaseQuantization.Nf4Double, recipe.Quantization);
        Assert.Equal(new TraitTarget(Trait.Openness, Pole.Low), recipe.Data.Target);
        Assert.Equal((7, "Tea"), (recipe.Data.Limit, Assert.Single(recipe.Data.ExcludeTopics)));
        Assert.Equal((4, 8.0, 0.1, true), (recipe.Lora.Rank, recipe.Lora.Alpha, recipe.Lora.Dropout, recipe.Lora.RankStabilized));
        Assert.Equal(("q_proj", "layers.0"), (Assert.Single(recipe.Lora.TargetModules), Assert.Single(recipe.Lora.ExcludeModules)));
        Assert.Equal(
            new TrainingConfig
            {
                LearningRate = 1e-3, Schedule = ScheduleKind.Linear, WarmupRatio = 0.1, Epochs = 2, MaxSteps = 9, BatchSize = 4, MicroBatchSize = 2,
                GroupByLength = true, WeightDecay = 0.01, Beta1 = 0.8, Beta2 = 0.9, Epsilon = 1e-6, MaxGradientNorm = 0.3, Seed = 5,
            },
            recipe.Training);
        Assert.False(recipe.TrainsStopToken);
        Assert.Equal((TrainedPart.Sequence, 3), (recipe.Part, recipe.SaveEvery));
    }

    [Theory]
    [InlineData("\"trait\": \"extraversion\"", "\"trait\": \"extroversion\"", "Did you mean \"extraversion\"?")]
    [InlineData("\"trait\": \"extraversion\"", "\"limit\": 1", "\"trait\" is missing")]
    [InlineData("\"out\": \"adapters/e\"", "\"output\": \"x\"", "Did you mean \"out\"?")]
    [InlineData("\"out\": \"adapters/e\"", "\"saveEvery\": 1", "\"out\" is missing")]
    [InlineData("\"out\":", "\"lora\": { \"rnak\": 1 }, \"out\":", "Did you mean \"rank\"?")]
    [InlineData("\"out\":", "\"lora\": { \"rank\": 0 }, \"out\":", "from 1 to 4096")]
    [InlineData("\"out\":", "\"training\": { \"learningRate\": \"fast\" }, \"out\":", "read \"fast\"")]
    [InlineData("\"out\":", "\"quantize\": \"nf5\", \"out\":", "Did you mean \"nf4\"?")]
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
