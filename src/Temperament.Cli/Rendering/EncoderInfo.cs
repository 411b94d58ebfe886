using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;

namespace Temperament.Cli.Rendering;

/// <summary>What <c>temper model info</c> prints of an encoder.</summary>
internal static class EncoderInfo
{
    /// <summary>Prints it.</summary>
    public static void Print(CommandRun run, string path, EncoderContents encoder)
    {
        if (run.Json)
        {
            run.PrintJson(json => Write(json, path, encoder));
            return;
        }

        DecoderConfig shape = encoder.Config.Shape;
        IReadOnlyList<string> labels = encoder.Config.Labels;
        run.Print($"path          {path}");
        run.Print($"architecture  {encoder.Config.Family} encoder: {shape.Layers} blocks, hidden {shape.HiddenSize}, {shape.Heads} heads of {shape.HeadSize}, MLP {shape.FeedForwardSize}");
        run.Print($"gives         {(labels.Count == 0 ? $"sentence embeddings of {shape.HiddenSize}" : $"{labels.Count} classes: {string.Join(", ", labels)}")}");
        run.Print($"positions     {encoder.Config.MaxTokens}, learned");
        run.Print($"parameters    {Figures.Count(Parameters(encoder))}");
        run.Print($"stored        {StoredKind.Describe(encoder.Weights)}");
        run.Print($"weights       sha256 {encoder.WeightsHash}");
        run.Print($"tokenizer     {(encoder.Tokenizer is { } tokenizer ? $"{tokenizer.VocabularySize} tokens, sha256 {tokenizer.Hash}" : "none beside the weights")}");
    }

    private static long Parameters(EncoderContents encoder) => encoder.Weights.Sum(weight => weight.Count);

    private static void Write(Utf8JsonWriter json, string path, EncoderContents encoder)
    {
        DecoderConfig shape = encoder.Config.Shape;
        json.WriteStartObject();
        json.WriteString("path", path);
        json.WriteString("architecture", encoder.Config.Family);
        json.WriteBoolean("encoder", true);
        json.WriteNumber("parameters", Parameters(encoder));
        json.WriteNumber("layers", shape.Layers);
        json.WriteNumber("hiddenSize", shape.HiddenSize);
        json.WriteNumber("feedForwardSize", shape.FeedForwardSize);
        json.WriteNumber("heads", shape.Heads);
        json.WriteNumber("vocabularySize", shape.VocabularySize);
        json.WriteNumber("maxPositions", encoder.Config.MaxTokens);
        json.WriteStartArray("labels");
        foreach (string label in encoder.Config.Labels)
        {
            json.WriteStringValue(label);
        }

        json.WriteEndArray();
        StoredKind.Write(json, encoder.Weights);
        json.WriteString("weightsSha256", encoder.WeightsHash);
        if (encoder.Tokenizer is { } tokenizer)
        {
            json.WriteNumber("tokens", tokenizer.VocabularySize);
        }

        json.WriteString("tokenizerSha256", encoder.Tokenizer?.Hash);
        json.WriteEndObject();
    }
}
