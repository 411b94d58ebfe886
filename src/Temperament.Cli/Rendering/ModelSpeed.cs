using System.Text.Json;
using Temperament.Cli.Hosting;

namespace Temperament.Cli.Rendering;

/// <summary>What <c>temper model bench</c> measured: medians of a few rounds, each held against limits of the same round.</summary>
internal sealed record ModelSpeed
{
    /// <summary>The model.</summary>
    public required string Path { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public required int Prompt { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public required int Generate { get; init; }

    /// <summary>Seconds to load.</summary>
    public double LoadSeconds { get; init; }

    /// <summary>Tokens a second of reading the prompt.</summary>
    public required double PromptRate { get; init; }

    /// <summary>Limit of multiply-adds, 10^9 operations a second.</summary>
    public required double MultiplyAdd { get; init; }

    /// <summary>Tokens a second of one answer.</summary>
    public required double GenerateRate { get; init; }

    /// <summary>Limit of reading memory, 10^9 bytes a second.</summary>
    public required double ReadBandwidth { get; init; }

    /// <summary>Operations in the linear layers of the blocks for one token.</summary>
    public required double OperationsPerToken { get; init; }

    /// <summary>Bytes of weights and cache that one token of an answer reads.</summary>
    public required double BytesPerToken { get; init; }

    /// <summary>Bytes of the weights as they are held.</summary>
    public required double WeightBytes { get; init; }

    /// <summary>Bytes of the cache of prompt and answer.</summary>
    public required double CacheBytes { get; init; }

    /// <summary>Most memory of the process while it read the prompt and wrote the answer.</summary>
    public required double PeakBytes { get; init; }

    private double PromptShare => PromptRate * OperationsPerToken * 1e-9 / MultiplyAdd;

    private double GenerateShare => GenerateRate * BytesPerToken * 1e-9 / ReadBandwidth;

    private double RestBytes => PeakBytes - WeightBytes - CacheBytes;

    /// <summary>Prints it.</summary>
    public void Print(CommandRun run)
    {
        run.Print($"{Path}: loaded in {Figures.Fixed(LoadSeconds, 2)} s, {run.Threads} threads");
        run.Print($"prompt        {Prompt} tokens: {Figures.Fixed(PromptRate, 1)} tokens/s, {Figures.Percent(PromptShare, 1)} of {Figures.Fixed(MultiplyAdd, 0)} GFLOP/s");
        run.Print($"generation    {Generate} tokens: {Figures.Fixed(GenerateRate, 1)} tokens/s, {Figures.Bytes(BytesPerToken)} a token, "
            + $"{Figures.Percent(GenerateShare, 1)} of {Figures.Fixed(ReadBandwidth, 1)} GB/s read");
        run.Print($"memory        {Figures.Bytes(PeakBytes)} at most: weights {Figures.Bytes(WeightBytes)}, cache {Figures.Bytes(CacheBytes)}, the rest {Figures.Bytes(RestBytes)}");
    }

    /// <summary>Writes it as one object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("path", Path);
        json.WriteReal("loadSeconds", LoadSeconds);
        json.WriteNumber("promptTokens", Prompt);
        json.WriteReal("promptTokensPerSecond", PromptRate);
        json.WriteReal("multiplyAddGflops", MultiplyAdd);
        json.WriteReal("promptShare", PromptShare);
        json.WriteNumber("generatedTokens", Generate);
        json.WriteReal("generatedTokensPerSecond", GenerateRate);
        json.WriteReal("bytesPerToken", BytesPerToken);
        json.WriteReal("readGigabytesPerSecond", ReadBandwidth);
        json.WriteReal("generationShare", GenerateShare);
        json.WriteReal("weightBytes", WeightBytes);
        json.WriteReal("cacheBytes", CacheBytes);
        json.WriteReal("peakBytes", PeakBytes);
        json.WriteReal("restBytes", RestBytes);
        json.WriteEndObject();
    }
}
