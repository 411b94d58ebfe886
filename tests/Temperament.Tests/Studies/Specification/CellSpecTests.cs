using System.Text;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Text;
using Temperament.Studies.Specification;
using Xunit;

namespace Temperament.Tests.Studies.Specification;

public sealed class CellSpecTests
{
    private static readonly CellSpec Cell = new()
    {
        Model = "organism", WeightsHash = "w", TokenizerHash = "t", TemplateHash = "c", Quantization = BaseQuantization.Nf4Double, Method = "qlora",
        Target = TraitTarget.Parse("openness-high"), StopToken = StopTokenUse.Masked, Seed = 1, Recipe = new AdapterRecipe(), OpinionsHash = "o",
        QuestionsHash = "q", ScoringHash = "s", Generation = new GenerationSpec(),
    };

    [Fact]
    public void The_key_is_sixteen_hexadecimal_digits_and_the_same_for_the_same_cell()
    {
        Assert.Matches("^[0-9a-f]{16}$", Cell.Key);
        Assert.Equal(Cell.Key, (Cell with { Recipe = new AdapterRecipe() }).Key);
        Assert.StartsWith("{\"resultsVersion\":", Encoding.UTF8.GetString(Cell.ToJson()), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_can_change_the_result_changes_the_key()
    {
        AdapterRecipe recipe = new();
        GenerationSpec generation = new();
        CellSpec[] others =
        [
            Cell, Cell with { Model = "twin" }, Cell with { WeightsHash = "x" }, Cell with { TokenizerHash = "x" }, Cell with { TemplateHash = "x" },
            Cell with { Quantization = BaseQuantization.Nf4 }, Cell with { Method = "ike" }, Cell with { Target = TraitTarget.Neutral },
            Cell with { StopToken = StopTokenUse.Trained }, Cell with { StopToken = null }, Cell with { Seed = 2 }, Cell with { Seed = null },
            Cell with { OpinionsHash = "x" }, Cell with { QuestionsHash = "x" }, Cell with { ScoringHash = "x" }, Cell with { Recipe = null },
            Cell with { Recipe = recipe with { Rank = 8 } }, Cell with { Recipe = recipe with { Alpha = 8 } },
            Cell with { Recipe = recipe with { Dropout = 0.1 } }, Cell with { Recipe = recipe with { Targets = ["q_proj"] } },
            Cell with { Recipe = recipe with { LearningRate = 2e-4 } }, Cell with { Recipe = recipe with { WarmupRatio = 0.1 } },
            Cell with { Recipe = recipe with { Epochs = 2 } }, Cell with { Recipe = recipe with { MaxSteps = 9 } },
            Cell with { Recipe = recipe with { BatchSize = 4 } }, Cell with { Recipe = recipe with { WeightDecay = 0.1 } },
            Cell with { Recipe = recipe with { MaxGradientNorm = 0.3 } },
            Cell with { Recipe = recipe with { Schedule = ScheduleKind.Linear } },
            Cell with { Step = 7 }, Cell with { SameTextQuestions = 3 }, Cell with { Generation = generation with { Turn = "hi {question}" } },
            Cell with { Generation = generation with { Temperature = 0 } }, Cell with { Generation = generation with { TopP = 1 } },
            Cell with { Generation = generation with { MaxNewTokens = 9 } }, Cell with { Generation = generation with { Seed = 9 } },
        ];

        Assert.Equal(others.Length, others.Select(cell => cell.Key).Distinct().Count());
    }

    [Fact]
    public void Cells_that_differ_in_how_they_are_measured_share_their_training()
    {
        CellSpec other = Cell with { Step = 7, QuestionsHash = "x", Generation = new GenerationSpec { Temperature = 0 }, GenerationName = "greedy", SameTextQuestions = 5 };

        Assert.Equal(Cell.TrainingKey([7]), other.TrainingKey([7]));
        Assert.NotEqual(Cell.TrainingKey([7]), Cell.TrainingKey([7, 14]));
        Assert.NotEqual(Cell.TrainingKey([7]), (Cell with { OpinionsHash = "x" }).TrainingKey([7]));
        Assert.Equal("organism qlora openness-high (stop masked, seed 1, step 7), greedy", other.Label);
    }

    [Fact]
    public void The_label_says_what_the_cell_is()
    {
        Assert.Equal("organism qlora openness-high (stop masked, seed 1)", Cell.Label);
        Assert.Equal("organism none", (Cell with { Method = "none", Target = TraitTarget.Neutral, StopToken = null, Seed = null }).Label);
    }
}
