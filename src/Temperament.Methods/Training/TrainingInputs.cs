using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Temperament.Models;

namespace Temperament.Methods.Training;

/// <summary>SHA-256 of everything that a run reads, in hexadecimal.</summary>
/// <param name="Weights">Weights of the base as stored.</param>
/// <param name="Tokenizer">Tokenizer of the base.</param>
/// <param name="Template">Chat template of the base; empty without one.</param>
/// <param name="Data">Tokens and targets of all samples, in order.</param>
public sealed record TrainingInputs(string Weights, string Tokenizer, string Template, string Data)
{
    /// <summary>Takes the hashes.</summary>
    /// <param name="model">The base.</param>
    /// <param name="samples">All samples.</param>
    public static TrainingInputs Of(LanguageModel model, IReadOnlyList<TrainingSample> samples)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> word = stackalloc byte[sizeof(int)];
        foreach (TrainingSample sample in samples)
        {
            BinaryPrimitives.WriteInt32LittleEndian(word, sample.Sequence.Tokens.Length);
            hash.AppendData(word);
            foreach (int number in sample.Sequence.Tokens.Concat(sample.Sequence.Targets!))
            {
                BinaryPrimitives.WriteInt32LittleEndian(word, number);
                hash.AppendData(word);
            }
        }

        return new TrainingInputs(
            model.WeightsHash, model.Tokenizer.Hash, model.Chat?.TemplateHash ?? "", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Writes the hashes into an object that is open.</summary>
    /// <param name="json">Writer.</param>
    public void WriteFields(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString("weightsSha256", Weights);
        json.WriteString("tokenizerSha256", Tokenizer);
        json.WriteString("templateSha256", Template);
        json.WriteString("dataSha256", Data);
    }
}
