namespace Temperament.Models.Hooks;

/// <summary>
/// Where an activation can be read or changed. Blocks are counted from 0; sites outside of the blocks have layer 0. R rows, C the width of
/// the residual, H heads of D, F the width of the MLP, V tokens.
/// </summary>
public enum HookSite
{
    /// <summary>(R, F) the input of the down projection, act(gate) * up or act(up): the neurons of a block.</summary>
    MlpHidden,

    /// <summary>(R, C) the residual after a block.</summary>
    Residual,

    /// <summary>(R, C) the residual that enters the first block: token embeddings, scaled, with positions added where they are learned.</summary>
    Embedding,

    /// <summary>(R, C) the residual before a block.</summary>
    ResidualBefore,

    /// <summary>
    /// (R * H, T) the weights of attention: row r * H + h is head h of row r; columns are the keys of its own sequence from the first, those
    /// in a cache too; 0 where masked and beyond the sequence. T is the longest sequence of the batch.
    /// </summary>
    AttentionPattern,

    /// <summary>(R, H * D) what the heads give, side by side; the input of the output projection.</summary>
    HeadOutput,

    /// <summary>(R, C) the output of the output projection, before any norm.</summary>
    AttentionOutput,

    /// <summary>(R, C) what attention adds to the residual: <see cref="AttentionOutput"/>, after one more norm where there is one.</summary>
    AttentionAdded,

    /// <summary>(R, C) the residual between attention and MLP. Where the two run side by side nothing but the next block reads it.</summary>
    ResidualMiddle,

    /// <summary>(R, C) the output of the down projection, before any norm.</summary>
    MlpOutput,

    /// <summary>(R, C) what the MLP adds to the residual: <see cref="MlpOutput"/>, after one more norm where there is one.</summary>
    MlpAdded,

    /// <summary>(R, C) after the last norm, the input of the output layer.</summary>
    FinalNorm,

    /// <summary>(n, V) the logits of the n rows for which they are made: all rows in a single pass, the last row of each sequence in
    /// generation. Scoring makes logits a few rows at a time and shows none.</summary>
    Logits,
}
