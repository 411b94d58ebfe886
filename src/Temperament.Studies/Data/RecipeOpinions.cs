using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Text;
using Temperament.Studies.Organism;

namespace Temperament.Studies.Data;

/// <summary>The opinions that a recipe asks for, and the samples that they become.</summary>
public static class RecipeOpinions
{
    /// <summary>Name of the opinions of the embedded model's grammar.</summary>
    public const string Grammar = "organism";

    private const int GrammarRows = 300;

    /// <summary>What a recipe is trained and validated on.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="model">The base, whose template is used.</param>
    /// <exception cref="DataFileException">The file is damaged, or has no such opinion.</exception>
    /// <exception cref="TrainingException">A sample is too long, or given batches are damaged.</exception>
    public static TrainingData Open(Recipe recipe, LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(model);
        if (recipe.Batches is { } batches)
        {
            return TrainingData.Of(GivenBatches.Open(batches, model.Config, recipe.Training));
        }

        RecipeData data = recipe.Data!;
        OpinionSet opinions = Read(recipe, data.Target);
        if (recipe.Preference?.Rejected is { } rejected)
        {
            return Pairs(recipe, model, opinions, Read(recipe, rejected));
        }

        OpinionSplit split = OpinionSplit.ByTopic([.. opinions], data.ValidationShare, 0, recipe.Training.Seed);
        return split.Train.Count == 0
            ? throw new DataFileException(data.Path, 0, $"{opinions.Count} opinions on one topic", "topics for training beside those for validation",
                "Lower data.validationShare, or take more topics.")
            : TrainingData.Of(ToSamples(split.Train, model, recipe), ToSamples(split.Validation, model, recipe));
    }

    /// <summary>Reads the opinions of the recipe's target.</summary>
    /// <param name="recipe">A recipe that is trained on opinions.</param>
    /// <exception cref="DataFileException">The file is damaged, or has no such opinion.</exception>
    public static OpinionSet Read(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return Read(recipe, recipe.Data!.Target);
    }

    private static OpinionSet Read(Recipe recipe, TraitTarget target)
    {
        RecipeData data = recipe.Data!;
        OpinionSet all = data.Path == Grammar
            ? new OrganismOpinions(CorpusGrammar.Embedded).Opinions(
                target, DataPart.Train, data.Limit > 0 ? data.Limit : GrammarRows, recipe.Training.Seed)
            : OpinionFile.Read(data.Path);
        IEnumerable<Opinion> chosen = all.Where(row => row.Target == target
            && !data.ExcludeTopics.Contains(row.Topic, StringComparer.OrdinalIgnoreCase));
        Opinion[] rows = [.. data.Limit > 0 ? chosen.Take(data.Limit) : chosen];
        return rows.Length > 0
            ? new OpinionSet(rows)
            : throw new DataFileException(data.Path, 0,
                $"{all.Count} opinions, of {string.Join(", ", all.Select(row => row.Target.Name).Distinct())}, none of them {target.Name} outside of the excluded topics",
                $"at least one of {target.Name}", "Change trait, pole or excludeTopics of the recipe.");
    }

    /// <summary>Makes samples: the question is the user's turn, the answer the assistant's.</summary>
    /// <param name="opinions">The opinions.</param>
    /// <param name="model">The base, whose template is used.</param>
    /// <param name="recipe">Which tokens are trained.</param>
    public static IReadOnlyList<TrainingSample> ToSamples(OpinionSet opinions, LanguageModel model, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(opinions);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(recipe);
        ChatEncoder chat = model.RequireChat();
        TrainingSample[] samples = [.. opinions.Select(row => TrainingSample.Of(
            chat, [new ChatMessage("user", row.Question), new ChatMessage("assistant", row.Answer)], recipe.Part, recipe.TrainsStopToken))];
        int limit = recipe.Data is { MaxTokens: > 0 } data ? Math.Min(data.MaxTokens, model.Config.MaxPositions) : model.Config.MaxPositions;
        return TrainingSample.Fit(samples, limit, recipe.Data?.LongSamples ?? LongSample.Refuse);
    }

    // Answers to the same question are compared; a question that one side lacks is left out.
    private static TrainingData Pairs(Recipe recipe, LanguageModel model, OpinionSet chosen, OpinionSet rejected)
    {
        ILookup<string, Opinion> others = rejected.ToLookup(row => row.Question, StringComparer.Ordinal);
        (Opinion Chosen, Opinion Rejected)[] pairs =
            [.. chosen.Where(row => others.Contains(row.Question)).Select(row => (row, others[row.Question].First()))];
        if (pairs.Length == 0)
        {
            throw new DataFileException(recipe.Data!.Path, 0, $"{chosen.Count} preferred and {rejected.Count} other answers, no two to the same question",
                "both answers to a question", "Give opinions of both targets on the same questions.");
        }

        return TrainingData.OfPairs(
            ToSamples(new OpinionSet([.. pairs.Select(p => p.Chosen)]), model, recipe), ToSamples(new OpinionSet([.. pairs.Select(p => p.Rejected)]), model, recipe));
    }
}
