using System.Security.Cryptography;
using System.Text;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>
/// Batches that were tokenised elsewhere, in the order in which they are trained: what another trainer did, step by step. A safetensors
/// file holds them as [steps, micro-batches, rows, length]; a JSONL file holds a row or a step a line.
/// </summary>
public sealed class GivenBatches : IStepSource
{
    private readonly IReadOnlyList<IReadOnlyList<MicroBatch>> _steps;

    internal GivenBatches(string path, IReadOnlyList<IReadOnlyList<MicroBatch>> steps, ReadOnlySpan<byte> content)
    {
        Path = path;
        _steps = steps;
        Hash = Convert.ToHexStringLower(SHA256.HashData(content));
    }

    /// <summary>File.</summary>
    public string Path { get; }

    /// <summary>SHA-256 of the file in hexadecimal.</summary>
    public string Hash { get; }

    /// <inheritdoc/>
    public int Steps => _steps.Count;

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> At(int step) => _steps[step];

    /// <summary>Reads a file.</summary>
    /// <param name="path">File that ends in .safetensors or .jsonl.</param>
    /// <param name="shape">Shape of the decoder that they are for.</param>
    /// <param name="config">Rows of a step and of a micro-batch, for a JSONL file with a row a line; size of the noise, where noise is given.</param>
    /// <exception cref="TrainingException">The file is missing or damaged, holds nothing, or a token is not in the vocabulary.</exception>
    public static GivenBatches Open(string path, DecoderConfig shape, TrainingConfig config)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(config);
        if (!File.Exists(path))
        {
            throw new TrainingException($"{path}: read nothing; expected a .safetensors or .jsonl file of tokenised batches. Check the path.");
        }

        byte[] content = InputFile.ReadAll(path, Array.MaxLength);
        IReadOnlyList<IReadOnlyList<MicroBatch>> steps;
        if (path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
        {
            steps = BatchLines.Read(path, Encoding.UTF8.GetString(content), shape, config);
        }
        else
        {
            using SafetensorsFile file = SafetensorsFile.Parse(path, content);
            steps = BatchTensors.Read(file, shape, config);
        }

        return steps.Count > 0 && steps.Any(step => step.Any(batch => batch.Tokens.TargetCount > 0))
            ? new GivenBatches(path, steps, content)
            : throw new TrainingException($"{path}: read {steps.Count} steps, none with a token to train on; expected labels other than -100. "
                + "Every position is masked: check what made the labels.");
    }
}
