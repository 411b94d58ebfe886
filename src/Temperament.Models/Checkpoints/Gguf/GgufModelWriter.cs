using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// Writes a checkpoint of any kind as a GGUF file: weights, shape, tokenizer and chat template. From another GGUF file all keys are copied;
/// from a Hugging Face folder they are made. One weight at a time is in memory.
/// </summary>
public static class GgufModelWriter
{
    private const string FileType = "general.file_type", QuantizationVersion = "general.quantization_version";

    /// <summary>Writes the file under a temporary name and renames it when it is whole.</summary>
    /// <param name="path">File.</param>
    /// <param name="source">What is written.</param>
    /// <param name="stored">Type of the matrices; vectors stay in float32.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="progress">Told after each weight how many bytes are written of how many; null for nobody.</param>
    /// <exception cref="CheckpointException">A weight cannot be read, or the format has no place for something of the model.</exception>
    public static void Write(string path, ModelSource source, StoredAs stored, ComputePool pool, Action<long, long>? progress = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(pool);
        var writer = new GgufWriter();
        ModelSource root = source;
        while (root is EditedSource edited)
        {
            root = edited.Inner;
        }

        if (root is GgufSource gguf)
        {
            foreach (string key in gguf.File.Keys.Where(key => key is not (FileType or QuantizationVersion)))
            {
                writer.Copy(gguf.File, key);
            }
        }
        else if (root is HuggingFaceSource hub)
        {
            WriteKeys(writer, hub);
        }

        // The numbers are those of llama.cpp: what most of the matrices are stored in.
        writer.Set(FileType, stored switch { StoredAs.F32 => 0u, StoredAs.F16 => 1u, StoredAs.Q80 => 7u, _ => 32u });
        if (stored == StoredAs.Q80)
        {
            writer.Set(QuantizationVersion, 2u);
        }

        foreach ((string name, float[] divisors) in GgufRopeFactors.Tables(source.Config))
        {
            writer.Add(name, GgufType.F32, 1, divisors.Length, isVector: true, () => Tensor.From(divisors, 1, divisors.Length));
        }

        source.Pool = pool;
        foreach (WeightSlot slot in source.Weights)
        {
            writer.Add(GgufLayout.NameOf(source.Config, slot.Name), WeightRounding.InGguf(slot, stored), slot.Rows, slot.Columns, slot.IsVector,
                () => GgufLayout.ToFile(source.Config, slot.Name, source.LoadWeight(slot.Name)));
        }

        writer.Write(path, pool, progress);
        source.Pool = null;
    }

    private static void WriteKeys(GgufWriter writer, HuggingFaceSource source)
    {
        DecoderConfig config = source.Config;
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(source.Path));
        writer.Set("general.architecture", GgufLayout.ArchitectureOf(config));
        writer.Set("general.type", "model");
        writer.Set("general.name", name.Length == 0 ? "model" : name);
        GgufShapeWriter.Write(writer, config);
        GgufRopeFactors.WriteKeys(writer, source.Path, config);
        GgufVocabulary.Write(writer, source.Files.Describe("tokenizer.json"), source.Files.ReadAll("tokenizer.json"), source.Tokenizer,
            config.VocabularySize, source.EosTokens);
        if (source.Template is { } template)
        {
            writer.Set("tokenizer.chat_template", template.Source);
        }
    }
}
