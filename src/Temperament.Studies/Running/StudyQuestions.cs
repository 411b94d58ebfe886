using Temperament.Studies.Data;
using Temperament.Studies.Organism;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>The questions of a study: of the organism's grammar, or of a CSV file. They are about no topic that adapters are trained on.</summary>
internal static class StudyQuestions
{
    /// <summary>What stands for the grammar in the place of a file.</summary>
    public const string FromGrammar = "organism";

    /// <summary>Reads or draws them.</summary>
    /// <param name="data">What the study names.</param>
    /// <param name="folder">Folder from which relative paths count.</param>
    /// <param name="supply">Where the opinions come from.</param>
    /// <exception cref="DataFileException">The file is no list of questions.</exception>
    /// <exception cref="StudyException">A question is about a topic of the training, or there are too few.</exception>
    public static QuestionSet Of(StudyData data, string folder, IOpinionSupply supply)
    {
        QuestionSet all = data.Questions == FromGrammar ? Drawn(data) : OpinionFile.ReadQuestions(Path.Combine(folder, data.Questions));
        IReadOnlyList<string> shared = OpinionSplit.SharedTopics(all.Select(q => q.Topic), supply.TrainingTopics);
        if (shared.Count > 0)
        {
            throw new StudyException(data.Questions, $"questions about {shared.Count} topics that adapters are trained on ({shared[0]} for one)",
                "questions about topics of their own", "Ask about other topics, or take these out of the opinions.");
        }

        return data.QuestionCount > 0 && data.QuestionCount < all.Count ? new QuestionSet([.. all.Take(data.QuestionCount)]) : all;
    }

    private static QuestionSet Drawn(StudyData data)
    {
        var opinions = new OrganismOpinions(CorpusGrammar.Embedded);
        int most = opinions.QuestionsOf(data.Part);
        return data.QuestionCount <= most
            ? opinions.Questions(data.Part, data.QuestionCount, data.Seed)
            : throw new StudyException($"questions \"{data.Questions}\"", $"a wish for {data.QuestionCount}", $"at most {most}, which is all there are",
                "Give a smaller \"questionCount\" in the study, or --count on the command line, or a CSV file of questions.");
    }
}
