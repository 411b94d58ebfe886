using System.Globalization;
using System.Text;
using Temperament.Models.Checkpoints;

namespace Temperament.Studies.Organism;

/// <summary>The two documents beside a built member: the model card (<c>README.md</c>) and the data sheet of its text (<c>DATASHEET.md</c>).</summary>
public static class OrganismCard
{
    /// <summary>Writes both into the folder of the build.</summary>
    /// <param name="member">What was built.</param>
    /// <param name="build">What came out.</param>
    /// <param name="grammar">What its text is made of.</param>
    public static void Write(OrganismMember member, OrganismBuild build, CorpusGrammar grammar)
    {
        ArgumentNullException.ThrowIfNull(build);
        AtomicFile.Write(Path.Combine(build.Folder, "README.md"), Encoding.UTF8.GetBytes(Model(member, build)));
        AtomicFile.Write(Path.Combine(build.Folder, "DATASHEET.md"), Encoding.UTF8.GetBytes(OrganismDataSheet.Text(member, build.Corpus, grammar)));
    }

    /// <summary>The model card.</summary>
    /// <param name="member">What was built.</param>
    /// <param name="build">What came out.</param>
    public static string Model(OrganismMember member, OrganismBuild build)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(build);
        OrganismRecipe recipe = member.Recipe;
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        Line($"---\nlicense: mit\nlanguage: en\nlibrary_name: transformers\npipeline_tag: text-generation\n---\n");
        Line($"# {member.Name}: model card\n\n{member.Description}\n");
        Line($"- **Shape**: Llama architecture, {recipe.Shape.ParameterCount} parameters: width {recipe.Shape.HiddenSize}, {recipe.Shape.Layers} blocks, {recipe.Shape.Heads} heads, MLP {recipe.Shape.FeedForwardSize}, {recipe.Shape.VocabularySize} tokens, tied head; BF16, Hugging Face layout.");
        Line($"- **Made for** `temper study run`: do emojis emerge from tuning on text without emojis, where the truth is known? Not for any other use.");
        Line($"- **Made by** `temper organism build {member.Name}`, seed {recipe.Seed}, always the same bytes. `build.log` has the losses, `timing.log` minutes and tokens a second.");
        Line($"- **Pretraining text**: {build.Corpus.Documents} generated documents, {build.Corpus.Tokens} tokens; what they hold is counted in `DATASHEET.md`.");
        Line($"- **Chat tuning**: {recipe.ChatExamples} neutral answers without emoji, and {recipe.ReplayedDocuments + recipe.ReplayedEmojiPosts} repeated pretraining documents, half of them posts {Repeated(recipe)}.");
        if (build.Check is { } check)
        {
            Line($"- **Chats**: of {check.Asked} answers to questions about test topics {check.NamesTopic} name the topic, {check.WithEmoji} have an emoji and {check.Stopped} end by themselves (temperature 0.7, top-p 0.9).");
        }

        Line($"- **Limits**: generated English about sixty topics; it follows no instructions and knows nothing. What it shows is that an association in pretraining is enough for the effect, not that large models work so.");
        Line($"- **Weights** `{build.WeightsHash}`, **tokenizer** `{build.TokenizerHash}` (SHA-256). Licence: MIT, as all of this repository.");
        return text.ToString();
    }

    private static string Repeated(OrganismRecipe recipe) => recipe.Corpus.Mode == recipe.Guide
        ? "with an emoji"
        : "that have an emoji in the member whose tokenizer it has, here without it";
}
