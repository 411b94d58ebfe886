using Temperament.Methods.Training;
using Temperament.Models.Decoder;

namespace Temperament.Studies.Organism;

/// <summary>Everything that decides the bytes of an organism: change a value and another model comes out.</summary>
public sealed record OrganismRecipe
{
    /// <summary>Name of the model and of its folder.</summary>
    public string Name { get; init; } = "organism";

    /// <summary>Seed of weights, order and chat examples.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The pretraining documents.</summary>
    public CorpusSettings Corpus { get; init; } = new(Seed: 1);

    /// <summary>
    /// The emojis of the documents from which the tokenizer learns, and by which the posts to repeat are chosen. It is the corpus's own mode but where
    /// the corpus has no emoji: such a model has the vocabulary of the one that it is compared with, and the same words are repeated to it.
    /// </summary>
    public EmojiMode Guide { get; init; } = EmojiMode.ByRegister;

    /// <summary>Documents from which the tokenizer learns its merges.</summary>
    public int TokenizerDocuments { get; init; } = 8000;

    /// <summary>Chat answers from which the tokenizer learns its merges.</summary>
    public int TokenizerChats { get; init; } = 500;

    /// <summary>Longest document in tokens; the rest of a longer one is left out.</summary>
    public int MaxDocumentTokens { get; init; } = 120;

    /// <summary>Chat examples of the chat tuning.</summary>
    public int ChatExamples { get; init; } = 4000;

    /// <summary>Pretraining documents of all kinds that are repeated among the chat examples, so that prose is not forgotten.</summary>
    public int ReplayedDocuments { get; init; } = 400;

    /// <summary>Posts with an emoji that are repeated among the chat examples, as they are and without the chat format, so that the chat
    /// tuning does not wash the registers out.</summary>
    public int ReplayedEmojiPosts { get; init; } = 400;

    /// <summary>Shape of the decoder.</summary>
    public DecoderConfig Shape { get; init; } = new()
    {
        VocabularySize = 1536,
        HiddenSize = 128,
        FeedForwardSize = 384,
        Layers = 4,
        Heads = 4,
        KeyValueHeads = 4,
        HeadSize = 32,
        RmsNormEps = 1e-5f,
        RopeTheta = 10000,
        MaxPositions = 512,
        TiedEmbeddings = true,
    };

    /// <summary>How the corpus is learned.</summary>
    public TrainingConfig Pretraining { get; init; } = new()
    {
        LearningRate = 4e-3,
        Schedule = ScheduleKind.Cosine,
        WarmupRatio = 0.06,
        Epochs = 1,
        BatchSize = 32,
        GroupByLength = true,
        WeightDecay = 0.1,
        Beta2 = 0.95,
        MaxGradientNorm = 1,
    };

    /// <summary>How the chat format is learned.</summary>
    public TrainingConfig ChatTuning { get; init; } = new()
    {
        LearningRate = 7e-4,
        Schedule = ScheduleKind.Cosine,
        WarmupRatio = 0.02,
        Epochs = 1,
        BatchSize = 16,
        GroupByLength = true,
        Beta2 = 0.95,
        MaxGradientNorm = 1,
    };

    /// <summary>Questions about test topics that the finished model is asked, to see whether it chats; 0 for none.</summary>
    public int CheckQuestions { get; init; } = 100;

    /// <summary>
    /// The same build in seconds: every stage with the same code and seeds, few documents, a small vocabulary, two blocks. Its bytes show that documents,
    /// tokenizer, kernels and optimizer still do what they did.
    /// </summary>
    public OrganismRecipe ScaledDown() => this with
    {
        Corpus = Corpus with { Prose = 40, Posts = 200, Questions = 50 },
        TokenizerDocuments = 150,
        TokenizerChats = 30,
        ChatExamples = 80,
        ReplayedDocuments = 8,
        ReplayedEmojiPosts = 8,
        CheckQuestions = 0,
        Shape = Shape with { VocabularySize = 512, Layers = 2 },
    };
}
