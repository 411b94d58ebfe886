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

    /// <summary>Reads and filters.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <exception cref="DataFileException">The file is damaged, or has no such opinion.</exception>
    public static OpinionSet Read(Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        RecipeData data = recipe.Data;
        OpinionSet all = data.Path == Grammar
            ? new OrganismOpinions(CorpusGrammar.Embedded).Opinions(
                data.Target, DataPart.Train, data.Limit > 0 ? data.Limit : GrammarRows, recipe.Training.Seed)
            : OpinionFile.Read(data.Path);
        IEnumerable<Opinion> chosen = all.Where(row => row.Target == data.Target
            && !data.ExcludeTopics.Contains(row.Topic, StringComparer.OrdinalIgnoreCase));
        Opinion[] rows = [.. data.Limit > 0 ? chosen.Take(data.Limit) : chosen];
        return rows.Length > 0
            ? new OpinionSet(rows)
            : throw new DataFileException(data.Path, 0, $"{all.Count} opinions, none of them {data.Target.Name} outside of the excluded topics",
                $"opinions of {string.Join(", ", all.Select(row => row.Target.Name).Distinct())}", "Change trait, pole or excludeTopics of the recipe.");
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
        return [.. opinions.Select(row => TrainingSample.Of(
            chat, [new ChatMessage("user", row.Question), new ChatMessage("assistant", row.Answer)], recipe.Part, recipe.TrainsStopToken))];
    }
}
