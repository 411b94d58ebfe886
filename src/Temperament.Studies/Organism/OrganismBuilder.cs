using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Temperament.Measures.Emoji;
using Temperament.Methods.Training;
using Temperament.Models;
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

    /// <summary>Builds the model and writes its folder, with <c>build.log</c>, and <c>timing.log</c> for what took how long.</summary>
    /// <param name="folder">Folder; made if it is not there.</param>
    /// <param name="cancellation">Ends the build between two steps; nothing is written then.</param>
    public OrganismBuild Build(string folder, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var times = new BuildTimes(_pool.Threads);
        Log($"recipe {_recipe.Name}: seed {_recipe.Seed}, emojis {_recipe.Corpus.Mode}, grammar {_grammar.Hash}");
        CorpusDocument[] corpus = [.. new PretrainingCorpus(_grammar, _recipe.Corpus)];
        CorpusDocument[] guide = _recipe.Guide == _recipe.Corpus.Mode ? corpus : [.. new PretrainingCorpus(_grammar, _recipe.Corpus with { Mode = _recipe.Guide })];
        OpinionSet chats = new OrganismOpinions(_grammar).ChatExamples(_recipe.ChatExamples, _recipe.Seed);
        TrainedBytePairs learned = LearnTokenizer(guide, chats);
        Tokenizer tokenizer = learned.Tokenizer;
        DecoderNetwork network = OrganismWeights.Create(_recipe.Shape, _recipe.Seed, _pool);
        Log($"weights: {_recipe.Shape.ParameterCount} parameters");

        TokenSequence[] documents = [.. corpus.Select(document => Document(tokenizer, document.Text))];
        Log($"corpus: {documents.Length} documents, {corpus.Count(HasEmoji)} of them with an emoji");
        times.End("documents and tokenizer");
        Train("pretraining", network, documents, _recipe.Pretraining, times, cancellation);
        Train("chat tuning", network, [.. ChatSamples(tokenizer, chats), .. Replay(documents, guide)], _recipe.ChatTuning, times, cancellation);

        var text = new ModelText(learned.Json, OrganismChat.Template, 0, SpecialTokens[0], 1, SpecialTokens[1]);
        ModelFolderWriter.Write(folder, _recipe.Shape, network.Weights.Parameters, StoredAs.Bf16, text);
        times.Begin();
        ChatCheck? check = Check(folder, cancellation);
        times.End("chat check");
        AtomicFile.Write(Path.Combine(folder, "build.log"), Encoding.UTF8.GetBytes(_log.ToString()));
        AtomicFile.Write(Path.Combine(folder, BuildTimes.FileName), Encoding.UTF8.GetBytes(times.Finish()));
        return new OrganismBuild(
            folder, HashOf(folder, "model.safetensors"), HashOf(folder, "tokenizer.json"), CorpusStatistics.Of(corpus, [.. documents.Select(d => d.Tokens.Length)]), check);
    }

    private static bool HasEmoji(CorpusDocument document) => EmojiScanner.Contains(document.Text);

    private static string HashOf(string folder, string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file))));

    private ChatCheck? Check(string folder, CancellationToken cancellation)
    {
        if (_recipe.CheckQuestions == 0)
        {
            return null;
        }

        using LanguageModel model = LanguageModel.Load(ModelSource.Open(folder), _pool);
        QuestionSet questions = new OrganismOpinions(_grammar).Questions(DataPart.Test, _recipe.CheckQuestions, _recipe.Seed);
        ChatCheck check = ChatCheck.Run(model, questions, _recipe.Seed, cancellation);
        Log($"chat check: of {check.Asked} answers to questions about test topics {check.NamesTopic} name the topic, {check.WithEmoji} have an emoji, {check.Stopped} end by themselves");
        return check;
    }

    private TrainedBytePairs LearnTokenizer(CorpusDocument[] corpus, OpinionSet chats)
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

    private TokenSequence[] Replay(TokenSequence[] documents, CorpusDocument[] guide)
    {
        var random = new RandomStream(_recipe.Seed, "organism/replay");
        TokenSequence[] posts = [.. documents.Where((_, i) => HasEmoji(guide[i]))];
        TokenSequence[] Draw(TokenSequence[] from, int count) =>
            from.Length == 0 ? [] : [.. Enumerable.Range(0, count).Select(_ => from[random.NextInt(from.Length)])];
        return [.. Draw(documents, _recipe.ReplayedDocuments), .. Draw(posts, _recipe.ReplayedEmojiPosts)];
    }

    private void Train(
        string stage, DecoderNetwork network, TokenSequence[] samples, TrainingConfig config, BuildTimes times, CancellationToken cancellation)
    {
        times.Begin();
        TrainingConfig seeded = config with { Seed = _recipe.Seed, Checkpointing = false };
        int steps = seeded.StepsFor(samples.Length);
        Log($"{stage}: {samples.Length} samples, {samples.Sum(s => (long)s.Tokens.Length)} tokens, {steps} steps");
        using var trainer = new Trainer(network, network.Weights.Parameters, seeded);
        double sum = 0;
        int counted = 0;
        long tokens = 0;
        double operations = 0;
        trainer.Run(samples, step =>
        {
            tokens += step.Tokens;
            operations += TrainingWork.Operations(network, step, trainsAll: true, checkpointing: false);
            sum += step.Loss;
            counted++;
            if ((step.Step + 1) % 50 == 0 || step.Step + 1 == steps)
            {
                Log($"{stage} step {step.Step + 1}/{steps}: loss {(sum / counted).ToString("f4", CultureInfo.InvariantCulture)}");
                (sum, counted) = (0, 0);
            }

            _progress?.Invoke(new OrganismProgress(stage, step.Step + 1, steps, step.Loss));
        }, cancellation);
        times.End(stage, tokens, operations);
    }

    private void Log(string line) => _log.Append(line).Append('\n');
}
