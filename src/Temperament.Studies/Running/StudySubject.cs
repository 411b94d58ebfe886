using Temperament.Measures.Emoji;
using Temperament.Measures.Interpretability;
using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Models.Generation;
using Temperament.Models.Hooks;
using Temperament.Models.Text;
using Temperament.Measures.Metrics;
using Temperament.Studies.Data;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>One loaded model of a study, with all that is looked up in its vocabulary once.</summary>
internal sealed class StudySubject : IDisposable
{
    public StudySubject(StudyModel model, LanguageModel loaded)
    {
        Model = model;
        Loaded = loaded;
        Chat = loaded.RequireChat();
        byte[][] bytes = [.. Enumerable.Range(0, loaded.Tokenizer.VocabularySize).Select(id => loaded.Tokenizer.TokenBytes(id).ToArray())];
        EmojiTokens = EmojiTokens.Of(bytes.Length, id => bytes[id]);
        SharedPrefixes = new SharedPrefixTokens(bytes.Length, id => bytes[id]);
        SentenceEnds = SentenceEndTokens.Of(bytes.Length, id => bytes[id]);
    }

    public StudyModel Model { get; }

    public LanguageModel Loaded { get; }

    public DecoderNetwork Network => Loaded.Network;

    public ChatEncoder Chat { get; }

    public EmojiTokens EmojiTokens { get; }

    public SharedPrefixTokens SharedPrefixes { get; }

    public IReadOnlySet<int> SentenceEnds { get; }

    /// <summary>A question and its answer as training tokens.</summary>
    public TokenSequence Sample(Opinion opinion, StopTokenUse stop)
    {
        ChatExample example = Chat.EncodeExample([new ChatMessage("user", opinion.Question), new ChatMessage("assistant", opinion.Answer)]);
        int last = example.Tokens.Length;
        var targets = new int[last];
        Array.Fill(targets, TokenBatch.NoTarget);
        for (int i = 0; i + 1 < last; i++)
        {
            bool trained = example.IsAnswer[i + 1] || (i + 1 == example.StopIndex && stop == StopTokenUse.Trained);
            targets[i] = trained ? example.Tokens[i + 1] : TokenBatch.NoTarget;
        }

        return new TokenSequence(example.Tokens, targets);
    }

    /// <summary>A question and a given answer, as the probes read them.</summary>
    public AnswerTokens Given(string question, string answer)
    {
        ChatExample example = Chat.EncodeExample([new ChatMessage("user", question), new ChatMessage("assistant", answer)]);
        int first = Array.IndexOf(example.IsAnswer, true);
        int end = Array.LastIndexOf(example.IsAnswer, true) + 1;
        return first < 0
            ? new AnswerTokens(Chat.EncodePrompt([new ChatMessage("user", question)]), [])
            : new AnswerTokens(example.Tokens[..first], example.Tokens[first..end]);
    }

    /// <summary>Asks every question once.</summary>
    public List<SampleRecord> Ask(
        QuestionSet questions, Func<OpinionQuestion, IReadOnlyList<ChatMessage>> messages, GenerationSpec spec, HookSet? hooks,
        Action<int>? progress, CancellationToken cancellation)
    {
        int[][] prompts = [.. questions.Select(q => Chat.EncodePrompt(messages(q)))];
        var options = new GenerationOptions
        {
            MaxNewTokens = spec.MaxNewTokens,
            Temperature = spec.Temperature,
            TopP = spec.TopP,
            Seed = spec.Seed,
            BatchSize = 100,
        };
        var observer = new EmojiMassObserver(Network.Pool, EmojiTokens, Network.Config.VocabularySize, hooks is null ? SharedPrefixes : null);
        IReadOnlyList<GeneratedTokens> answers = Generator.Generate(
            Network, prompts, Loaded.StopTokens, options, observer, hooks, progress, cancellation);
        if (hooks is null)
        {
            observer.Add(SharedMass.Follow(Network, SharedPrefixes, observer.SharedSteps, s => [.. prompts[s.Prompt], .. answers[s.Prompt].Tokens.AsSpan(0, s.Step)]));
        }

        IReadOnlyList<EmojiMass> masses = observer.Masses(prompts.Length);
        return [.. answers.Select((a, i) => new SampleRecord(
            i, questions[i].Topic, questions[i].Text, Loaded.Tokenizer.Decode(a.Tokens, skipSpecialTokens: true).Trim(), a.Tokens.Length,
            a.Stopped, masses[i].LogMasses))];
    }

    /// <summary>Perplexity of given answers, with whatever adapter is on.</summary>
    public Perplexity Perplexity(OpinionSet opinions) =>
        Measures.Metrics.Perplexity.Of(Network, [.. opinions.Select(o => Given(o.Question, o.Answer).AsTargets())]);

    public void Dispose()
    {
        LoraAdapter.Detach(Network);
        Loaded.Dispose();
    }
}
