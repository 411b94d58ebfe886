using System.Text.Json;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Replay;

/// <summary>A replay record as a JSON file.</summary>
public static class ReplayJson
{
    private const int Version = 1;

    /// <summary>Writes a record.</summary>
    /// <param name="path">File.</param>
    /// <param name="record">Record.</param>
    public static void Write(string path, ReplayRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        AtomicFile.Write(path, JsonFile.Object(json =>
        {
            json.WriteNumber("version", Version);
            json.WriteStartArray("rows");
            foreach (ReplayRow row in record.Rows)
            {
                json.WriteStartObject();
                json.WriteString("text", row.Text);
                Numbers(json, "tokens", row.Tokens);
                Numbers(json, "top", row.Top);
                json.WriteStartArray("logits");
                foreach (float logit in row.Logits)
                {
                    json.WriteNumberValue(logit);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("greedy");
            foreach (int[] tokens in record.Greedy)
            {
                Numbers(json, null, tokens);
            }

            json.WriteEndArray();
            if (record.Chat is { } chat)
            {
                Numbers(json, "chat", chat);
            }
        }));
    }

    /// <summary>Reads a record.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="CheckpointException">The file is missing, or no record.</exception>
    public static ReplayRecord Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = InputFile.ReadAll(path, 1 << 28);
        }
        catch (InputFileException e)
        {
            throw new CheckpointException(path, e.Read, "a record that temper wrote beside an export", e.Hint, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"nothing ({e.Message})", "a record that temper wrote beside an export", "Check the path.", e);
        }

        CheckpointJson root = CheckpointJson.Parse(path, bytes);
        if (root["version"].Int != Version)
        {
            throw root["version"].Wrong($"{Version}", "Take the version of temper that wrote the record.");
        }

        ReplayRow[] rows = [.. root["rows"].Items().Select(row => new ReplayRow(
            row["text"].String, Numbers(row["tokens"]), Numbers(row["top"]), [.. row["logits"].Items().Select(l => (float)l.Double)]))];
        if (Array.Find(rows, row => row.Top.Length == 0 || row.Top.Length != row.Logits.Length) is { } wrong)
        {
            throw new CheckpointException(path, $"{wrong.Top.Length} ids and {wrong.Logits.Length} logits", "as many of both, at least one", "The record is damaged.");
        }

        return new ReplayRecord(rows, [.. root["greedy"].Items().Select(Numbers)], root["chat"].Exists ? Numbers(root["chat"]) : null);
    }

    private static int[] Numbers(CheckpointJson list) => [.. list.Items().Select(item => item.Int)];

    private static void Numbers(Utf8JsonWriter json, string? name, int[] values)
    {
        if (name is null)
        {
            json.WriteStartArray();
        }
        else
        {
            json.WriteStartArray(name);
        }

        foreach (int value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
