using System.Globalization;
using System.Text;
using Temperament.Measures.Emoji;
using Temperament.Methods.Training;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Tensors.Random;
using Temperament.Tensors.Threading;

namespace Temperament.Studies.Organism;

/// <summary>Where a build is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Loss of the last step in nats; null where the stage has none.</param>
public sealed record OrganismProgress(string Stage, int Step, int Steps, double? Loss);

/// <summary>
/// Makes an organism from nothing: documents, tokenizer, pretraining, chat tuning without emoji. The same recipe gives the same bytes on
/// any machine and with any number of threads.
/// </summary>
public sealed class OrganismBuilder
{
    private static readonly string[] SpecialTokens = ["<s>", "</s>"];

    private readonly OrganismRecipe _recipe;
    private readonly CorpusGrammar _grammar;
    private readonly ComputePool _pool;
    private readonly Action<OrganismProgress>? _progress;
    private readonly StringBuilder _log = new();

    /// <summary>Prepares a build.</summary>
    /// <param name="recipe">What is built.</param>
    /// <param name="grammar">What its text is made of.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="progress">Told after every step; null for nobody.</param>
    public OrganismBuilder(OrganismRecipe recipe, CorpusGrammar grammar, ComputePool pool, Action<OrganismProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(grammar);
        ArgumentNullException.ThrowIfNull(pool);
        _recipe = recipe;
        _grammar = grammar;
        _pool = pool;
        _progress = progress;
    }

    /// <summary>Builds the model and writes its folder, with <c>build.log</c>.</summary>
    /// <param name="folder">Folder; made if it is not there.</param>
    /// <param name="cancellation">Ends the build between two steps; nothing is written then.</param>
    public void Build(string folder, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Log($"recipe {_recipe.Name}: seed {_recipe.Seed}, emojis {_recipe.Corpus.Mode}, grammar {_grammar.Hash}");
        var corpus = new PretrainingCorpus(_grammar, _recipe.Corpus);
        OpinionSet chats = new OrganismOpinions(_grammar).ChatExamples(_recipe.ChatExamples, _recipe.Seed);
        TrainedBytePairs learned = LearnTokenizer(corpus, chats);
        Tokenizer tokenizer = learned.Tokenizer;
        DecoderNetwork network = OrganismWeights.Create(_recipe.Shape, _recipe.Seed, _pool);
        Log($"weights: {_recipe.Shape.ParameterCount} parameters");

        TokenSequence[] documents = [.. corpus.Select(document => Document(tokenizer, document.Text))];
        bool[] hasEmoji = [.. corpus.Select(document => EmojiScanner.Contains(document.Text))];
        Log($"corpus: {documents.Length} documents, {hasEmoji.Count(h => h)} of them with an emoji");
        Train("pretraining", network, documents, _recipe.Pretraining, cancellation);
        Train("chat tuning", network, [.. ChatSamples(tokenizer, chats), .. Replay(documents, hasEmoji)], _recipe.ChatTuning, cancellation);

        var text = new ModelText(learned.Json, OrganismChat.Template, 0, SpecialTokens[0], 1, SpecialTokens[1]);
        ModelFolderWriter.Write(folder, _recipe.Shape, network.Weights.Parameters, StoredAs.Bf16, text);
        AtomicFile.Write(Path.Combine(folder, "build.log"), Encoding.UTF8.GetBytes(_log.ToString()));
    }

    private TrainedBytePairs LearnTokenizer(PretrainingCorpus corpus, OpinionSet chats)
    {
        _progress?.Invoke(new OrganismProgress("tokenizer", 0, 1, null));
        IEnumerable<string> texts = corpus.Take(_recipe.TokenizerDocuments).Select(d => d.Text)
            .Concat(chats.Take(_recipe.TokenizerChats).Select(c => OrganismChat.Prompt(c.Question) + " " + c.Answer));
        TrainedBytePairs learned = BytePairTrainer.Train(texts, _recipe.Shape.VocabularySize, SpecialTokens);
        Log($"tokenizer: {_recipe.Shape.VocabularySize} tokens from {_recipe.TokenizerDocuments} documents and {_recipe.TokenizerChats} chats");
        return learned;
    }

    private TokenSequence Document(Tokenizer tokenizer, string text)
    {
        int[] tokens = [0, .. tokenizer.Encode(text).Take(_recipe.MaxDocumentTokens), 1];
        return new TokenSequence(tokens, [.. tokens.Skip(1), TokenBatch.NoTarget]);
    }

    private static IEnumerable<TokenSequence> ChatSamples(Tokenizer tokenizer, OpinionSet chats)
    {
        foreach (Opinion chat in chats)
        {
            int[] prompt = [0, .. tokenizer.Encode(OrganismChat.Prompt(chat.Question))];
            int[] tokens = [.. prompt, .. tokenizer.Encode(" " + chat.Answer), 1];
            int[] targets = [.. tokens.Skip(1), TokenBatch.NoTarget];
            targets.AsSpan(0, prompt.Length - 1).Fill(TokenBatch.NoTarget);
            yield return new TokenSequence(tokens, targets);
        }
    }

    private TokenSequence[] Replay(TokenSequence[] documents, bool[] hasEmoji)
    {
        var random = new RandomStream(_recipe.Seed, "organism/replay");
        TokenSequence[] posts = [.. documents.Where((_, i) => hasEmoji[i])];
        TokenSequence[] Draw(TokenSequence[] from, int count) =>
            from.Length == 0 ? [] : [.. Enumerable.Range(0, count).Select(_ => from[random.NextInt(from.Length)])];
        return [.. Draw(documents, _recipe.ReplayedDocuments), .. Draw(posts, _recipe.ReplayedEmojiPosts)];
    }

    private void Train(
        string stage, DecoderNetwork network, TokenSequence[] samples, TrainingConfig config, CancellationToken cancellation)
    {
        TrainingConfig seeded = config with { Seed = _recipe.Seed, Checkpointing = false };
        int steps = seeded.StepsFor(samples.Length);
        Log($"{stage}: {samples.Length} samples, {samples.Sum(s => (long)s.Tokens.Length)} tokens, {steps} steps");
        using var trainer = new Trainer(network, network.Weights.Parameters, seeded);
        double sum = 0;
        int counted = 0;
        trainer.Run(samples, step =>
        {
            sum += step.Loss;
            counted++;
            if ((step.Step + 1) % 50 == 0 || step.Step + 1 == steps)
            {
                Log($"{stage} step {step.Step + 1}/{steps}: loss {(sum / counted).ToString("f4", CultureInfo.InvariantCulture)}");
                (sum, counted) = (0, 0);
            }

            _progress?.Invoke(new OrganismProgress(stage, step.Step + 1, steps, step.Loss));
        }, cancellation);
    }

    private void Log(string line) => _log.Append(line).Append('\n');
}
