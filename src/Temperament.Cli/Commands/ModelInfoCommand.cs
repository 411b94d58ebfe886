using System.CommandLine;
using System.Text.Json;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.Models.Text;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model info</c>: what a checkpoint is, with the hashes by which passports name it.</summary>
internal static class ModelInfoCommand
{
    // Half a byte for the code, and a float32 for the scale of 64.
    private const double Nf4Bytes = 0.5 + (4.0 / 64);

    public static Command Create(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        return host.Define("info", "Prints architecture, size, tokenizer and template of a model, with their hashes.",
            ["temper model info organism", "temper model info models/smollm2-135m-instruct --json"], [model], run =>
            {
                string name = run.Arguments.GetRequiredValue(model);
                if (ModelOpening.Encoder(name) is { } encoder)
                {
                    EncoderInfo.Print(run, encoder.Folder, EncoderFolder.Read(encoder.Folder));
                    return;
                }

                using ModelSource source = ModelOpening.Source(name);
                if (run.Json)
                {
                    run.PrintJson(json => Write(json, source));
                }
                else
                {
                    Print(run, source);
                }
            });
    }

    private static void Print(CommandRun run, ModelSource source)
    {
        DecoderConfig config = source.Config;
        Tokenizer? tokenizer = source.HasTokenizer ? source.Tokenizer : null;
        run.Print($"path          {source.Path}");
        run.Print($"architecture  {config.Family}: {config.Layers} blocks, hidden {config.HiddenSize}, {config.Heads} heads of {config.HeadSize} "
            + $"({config.KeyValueHeads} key-value), MLP {config.FeedForwardSize}");
        run.Print($"positions     {config.MaxPositions}, {(config.RotarySize == 0 ? "learned" : $"rotary base {Figures.Fixed(config.RopeTheta, 0)}{Scaling(config)}")}");
        run.Print($"parameters    {Figures.Count(config.ParameterCount)}{(config.TiedEmbeddings ? ", the head is the embedding table" : "")}");
        run.Print($"stored        {StoredKind.Describe(source.StoredWeights)}");
        run.Print($"in memory     {Memory(source)}");
        run.Print($"weights       sha256 {source.WeightsHash}");
        run.Print($"tokenizer     {(tokenizer is null ? "none beside the weights" : $"{tokenizer.VocabularySize} tokens, sha256 {tokenizer.Hash}")}");
        run.Print($"template      {(source.Template is { } template ? $"{template.Source.Length} characters, sha256 {template.Hash}" : "none")}");
        run.Print($"stop tokens   {string.Join(", ", source.EosTokens.Select(id => $"{id} {tokenizer?.TokenString(id)}".TrimEnd()))}");
    }

    private static string Memory(ModelSource source)
    {
        IReadOnlyList<HeldPart> parts = HeldPart.Of(source);
        double count = source.Config.ParameterCount, layers = source.Config.BlockParameterCount, held = parts.Sum(part => part.Bytes);
        bool isPacked = parts.Any(part => part.Part == "layers" && part.Format == "NF4");
        double packed = held - parts.Where(part => part.Part == "layers").Sum(part => part.Bytes) + (layers * Nf4Bytes);
        return $"{Figures.Bytes(held)}: {string.Join("; ", parts.Select(part => $"{part.Part} {part.Format} {Figures.Bytes(part.Bytes)}"))}; "
            + $"or {Figures.Bytes(4 * count)} with --quantize f32{(isPacked ? "" : $", {Figures.Bytes(packed)} with --quantize nf4")}";
    }

    private static string Scaling(DecoderConfig config) => config.RopeScaling is { } scaling ? $", {scaling.Type} scaling by {Figures.Fixed(scaling.Factor, 2)}" : "";

    private static void WriteMemory(Utf8JsonWriter json, ModelSource source)
    {
        json.WriteStartArray("memory");
        foreach (HeldPart part in HeldPart.Of(source))
        {
            json.WriteStartObject();
            json.WriteString("part", part.Part);
            json.WriteString("type", part.Format);
            json.WriteNumber("parameters", part.Count);
            json.WriteNumber("bytes", part.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ModelSource source)
    {
        DecoderConfig config = source.Config;
        json.WriteStartObject();
        json.WriteString("path", source.Path);
        json.WriteString("architecture", config.Family);
        json.WriteNumber("parameters", config.ParameterCount);
        json.WriteNumber("layers", config.Layers);
        json.WriteNumber("hiddenSize", config.HiddenSize);
        json.WriteNumber("feedForwardSize", config.FeedForwardSize);
        json.WriteNumber("heads", config.Heads);
        json.WriteNumber("keyValueHeads", config.KeyValueHeads);
        json.WriteNumber("headSize", config.HeadSize);
        json.WriteNumber("vocabularySize", config.VocabularySize);
        json.WriteNumber("maxPositions", config.MaxPositions);
        json.WriteNumber("ropeTheta", config.RopeTheta);
        json.WriteString("ropeScaling", config.RopeScaling?.Type);
        json.WriteBoolean("tiedEmbeddings", config.TiedEmbeddings);
        StoredKind.Write(json, source.StoredWeights);
        WriteMemory(json, source);
        json.WriteString("weightsSha256", source.WeightsHash);
        Tokenizer? tokenizer = source.HasTokenizer ? source.Tokenizer : null;
        if (tokenizer is not null)
        {
            json.WriteNumber("tokens", tokenizer.VocabularySize);
        }

        json.WriteString("tokenizerSha256", tokenizer?.Hash);
        json.WriteString("templateSha256", source.Template?.Hash);
        json.WriteStartArray("stopTokens");
        foreach (int id in source.EosTokens)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
