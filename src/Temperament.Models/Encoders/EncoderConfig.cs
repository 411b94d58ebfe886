using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;

namespace Temperament.Models.Encoders;

/// <summary>The shape of an encoder and the names of its modules as Hugging Face has them. Immutable.</summary>
public sealed record EncoderConfig
{
    /// <summary>Name of the family, "bert" for one.</summary>
    public required string Family { get; init; }

    /// <summary>Shape of the blocks.</summary>
    public required DecoderConfig Shape { get; init; }

    /// <summary>Names of the modules.</summary>
    public required EncoderLayout Layout { get; init; }

    /// <summary>Rows of the table of token types; 0 where there is none.</summary>
    public required int TokenTypes { get; init; }

    /// <summary>Position of the first token; where it is above 0, tokens that pad have the position before it and are not counted.</summary>
    public required int FirstPosition { get; init; }

    /// <summary>Id of the token that pads.</summary>
    public required int PadToken { get; init; }

    /// <summary>Function between the two layers of the classifier.</summary>
    public required ActivationKind HeadActivation { get; init; }

    /// <summary>Names of the classes in the order of the logits; empty where the checkpoint has no classifier.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Largest number of tokens of a sequence.</summary>
    public int MaxTokens => Shape.MaxPositions - FirstPosition;
}

/// <summary>Paths of the modules of an encoder; those of a block without the block's prefix.</summary>
/// <param name="Prefix">What stands before the modules of the encoder in a checkpoint with a classifier, "bert." for one.</param>
/// <param name="Embeddings">Path of the embeddings.</param>
/// <param name="Blocks">What stands before the number of a block.</param>
/// <param name="Query">(C, C) queries.</param>
/// <param name="Key">(C, C) keys.</param>
/// <param name="Value">(C, C) values.</param>
/// <param name="Output">(C, C) output projection.</param>
/// <param name="AttentionNorm">(C) norm after attention.</param>
/// <param name="Up">(F, C) first layer of the MLP.</param>
/// <param name="Down">(C, F) second layer of the MLP.</param>
/// <param name="FeedForwardNorm">(C) norm after the MLP.</param>
/// <param name="HeadDense">(C, C) first layer of the classifier, full path.</param>
/// <param name="HeadOutput">(labels, C) last layer of the classifier, full path.</param>
public sealed record EncoderLayout(
    string Prefix,
    string Embeddings,
    string Blocks,
    string Query,
    string Key,
    string Value,
    string Output,
    string AttentionNorm,
    string Up,
    string Down,
    string FeedForwardNorm,
    string HeadDense,
    string HeadOutput)
{
    /// <summary>BERT and MiniLM.</summary>
    public static EncoderLayout Bert { get; } = new(
        "bert.", "embeddings", "encoder.layer.", "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
        "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm", "bert.pooler.dense", "classifier");

    /// <summary>RoBERTa.</summary>
    public static EncoderLayout Roberta { get; } = Bert with { Prefix = "roberta.", HeadDense = "classifier.dense", HeadOutput = "classifier.out_proj" };

    /// <summary>DistilBERT.</summary>
    public static EncoderLayout DistilBert { get; } = new(
        "distilbert.", "embeddings", "transformer.layer.", "attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin",
        "sa_layer_norm", "ffn.lin1", "ffn.lin2", "output_layer_norm", "pre_classifier", "classifier");
}
