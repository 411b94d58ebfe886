using System.Text.Json;
using Temperament.Models.Decoder;
using Temperament.Models.Documents;

namespace Temperament.Methods.Training;

/// <summary>
/// Reads batches from lines of JSON with <c>input_ids</c>, <c>labels</c> and optionally <c>attention_mask</c>: lists of numbers, a row a
/// line, <c>batchSize</c> lines a step; or lists of such lists, a step a line.
/// </summary>
internal static class BatchLines
{
    public static IReadOnlyList<IReadOnlyList<MicroBatch>> Read(string path, string text, DecoderConfig shape, TrainingConfig config)
    {
        var steps = new List<IReadOnlyList<MicroBatch>>();
        var waiting = new List<TokenSequence>();
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var rows = new BatchRows(path, shape.VocabularySize);
            bool whole = Add(rows, line, $"line {number}");
            if (whole)
            {
                steps.Add(Cut(rows.Sequences, config));
                continue;
            }

            waiting.AddRange(rows.Sequences);
            if (waiting.Count >= config.BatchSize)
            {
                steps.Add(Cut(waiting, config));
                waiting.Clear();
            }
        }

        if (waiting.Count > 0)
        {
            steps.Add(Cut(waiting, config));
        }

        return steps;
    }

    private static MicroBatch[] Cut(IReadOnlyList<TokenSequence> rows, TrainingConfig config)
    {
        int micro = config.MicroBatchSize > 0 ? config.MicroBatchSize : rows.Count;
        return [.. rows.Chunk(Math.Max(1, micro)).Select(chunk => new MicroBatch(TokenBatch.From(chunk)))];
    }

    // Whether the line is a step of its own.
    private static bool Add(BatchRows rows, string line, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement, ids = root.GetProperty("input_ids"), labels = root.GetProperty("labels");
            bool nested = ids.GetArrayLength() > 0 && ids[0].ValueKind == JsonValueKind.Array;
            JsonElement? mask = root.TryGetProperty("attention_mask", out JsonElement found) ? found : null;
            for (int row = 0; row < (nested ? ids.GetArrayLength() : 1); row++)
            {
                int[] tokens = Numbers(nested ? ids[row] : ids), targets = Numbers(nested ? labels[row] : labels);
                int[] segments = mask is { } given ? Numbers(nested ? given[row] : given) : [.. Enumerable.Repeat(1, tokens.Length)];
                if (targets.Length != tokens.Length || segments.Length != tokens.Length)
                {
                    throw rows.Fault(place, $"{tokens.Length} input_ids, {targets.Length} labels and {segments.Length} of attention_mask", "as many of each",
                        "A row is cut off.");
                }

                rows.Add(row, place, tokens, targets, segments);
            }

            return nested;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw rows.Fault(place, "text that is no batch", "an object with input_ids and labels", $"The text is not right: {JsonFault.Describe(error)}.");
        }
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt32())];
}
