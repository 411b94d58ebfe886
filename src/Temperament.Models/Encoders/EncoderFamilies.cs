using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Families;
using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;

namespace Temperament.Models.Encoders;

/// <summary>The encoder architectures that are known, by the name that <c>config.json</c> gives them.</summary>
internal static class EncoderFamilies
{
    private const string Classifier = "ForSequenceClassification";

    private static readonly Dictionary<string, Func<FamilyJson, EncoderConfig>> Readers = new(StringComparer.Ordinal)
    {
        ["BertModel"] = json => Bert(json, "bert", EncoderLayout.Bert),
        ["BertForSequenceClassification"] = json => Bert(json, "bert", EncoderLayout.Bert),
        ["RobertaModel"] = Roberta,
        ["RobertaForSequenceClassification"] = Roberta,
        ["DistilBertModel"] = DistilBert,
        ["DistilBertForSequenceClassification"] = DistilBert,
    };

    /// <summary>Names of the known architectures.</summary>
    public static IReadOnlyCollection<string> Known => Readers.Keys;

    /// <summary>Reads the shape of an encoder.</summary>
    /// <param name="path">Name of the file, for errors.</param>
    /// <param name="utf8">Content of <c>config.json</c>.</param>
    /// <exception cref="CheckpointException">The file is damaged, or of an architecture that is not known.</exception>
    public static EncoderConfig Read(string path, ReadOnlyMemory<byte> utf8)
    {
        var json = new FamilyJson(path, CheckpointJson.Parse(path, utf8));
        return Find(json) ?? throw new CheckpointException(path, $"architecture {json.Architecture}", $"an encoder of one of {string.Join(", ", Readers.Keys)}",
            "Models of this architecture are not computed here.");
    }

    /// <summary>Reads the shape of an encoder; null where the architecture is not that of a known one.</summary>
    /// <param name="path">Name of the file, for errors.</param>
    /// <param name="utf8">Content of <c>config.json</c>.</param>
    public static EncoderConfig? Find(string path, ReadOnlyMemory<byte> utf8) => Find(new FamilyJson(path, CheckpointJson.Parse(path, utf8)));

    private static EncoderConfig? Find(FamilyJson json) =>
        Readers.TryGetValue(json.Architecture, out Func<FamilyJson, EncoderConfig>? read) ? read(json) : null;

    private static EncoderConfig Bert(FamilyJson json, string family, EncoderLayout layout)
    {
        json.Require("position_embedding_type", "absolute");
        int hidden = json.Positive("hidden_size"), heads = json.Positive("num_attention_heads");
        return new EncoderConfig
        {
            Family = family,
            Shape = Shape(json, hidden, heads, json.Positive("num_hidden_layers"), json.Positive("intermediate_size"), "hidden_act", 1e-12),
            Layout = layout,
            TokenTypes = json.Positive("type_vocab_size", 2),
            FirstPosition = 0,
            PadToken = json.Root["pad_token_id"].IntOr(0),
            HeadActivation = ActivationKind.Tanh,
            Labels = Labels(json),
        };
    }

    private static EncoderConfig Roberta(FamilyJson json)
    {
        EncoderConfig config = Bert(json, "roberta", EncoderLayout.Roberta);
        int pad = json.Root["pad_token_id"].IntOr(1);
        return config with { PadToken = pad, FirstPosition = pad + 1 };
    }

    private static EncoderConfig DistilBert(FamilyJson json)
    {
        int hidden = json.Positive("dim"), heads = json.Positive("n_heads");
        return new EncoderConfig
        {
            Family = "distilbert",
            Shape = Shape(json, hidden, heads, json.Positive("n_layers"), json.Positive("hidden_dim"), "activation", 1e-12),
            Layout = EncoderLayout.DistilBert,
            TokenTypes = 0,
            FirstPosition = 0,
            PadToken = json.Root["pad_token_id"].IntOr(0),
            HeadActivation = ActivationKind.Relu,
            Labels = Labels(json),
        };
    }

    private static DecoderConfig Shape(FamilyJson json, int hidden, int heads, int layers, int feedForward, string activation, double eps)
    {
        json.Require(activation, "gelu", "gelu_new", "gelu_pytorch_tanh");
        if (hidden % heads != 0)
        {
            throw new CheckpointException(json.Path, $"{heads} heads in a width of {hidden}", "heads that divide the width", "The configuration is damaged.");
        }

        return new DecoderConfig
        {
            Family = "encoder",
            VocabularySize = json.Positive("vocab_size"),
            HiddenSize = hidden,
            FeedForwardSize = feedForward,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = hidden / heads,
            Norm = NormKind.Layer,
            RmsNormEps = (float)json.Number("layer_norm_eps", eps),
            FeedForward = json.Root[activation].StringOrNull is null or "gelu" ? FeedForwardKind.GeluErf : FeedForwardKind.Gelu,
            IsBidirectional = true,
            RopeTheta = 1,
            MaxPositions = json.Positive("max_position_embeddings", 512),
            TiedEmbeddings = true,
        };
    }

    private static string[] Labels(FamilyJson json)
    {
        if (!json.Architecture.EndsWith(Classifier, StringComparison.Ordinal))
        {
            return [];
        }

        KeyValuePair<string, CheckpointJson>[] given = [.. json.Root["id2label"].Fields()];
        if (given.Length == 0)
        {
            return [.. Enumerable.Range(0, json.Positive("num_labels", 2)).Select(i => $"LABEL_{i}")];
        }

        var labels = new string?[given.Length];
        foreach ((string id, CheckpointJson label) in given)
        {
            if (!int.TryParse(id, out int number) || (uint)number >= (uint)labels.Length || labels[number] is not null)
            {
                throw json.Root["id2label"].Wrong($"the numbers 0 to {labels.Length - 1}, each once", "The configuration is damaged.");
            }

            labels[number] = label.String;
        }

        return [.. labels.Select(label => label!)];
    }
}
