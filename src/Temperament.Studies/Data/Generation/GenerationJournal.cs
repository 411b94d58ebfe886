using System.Text;
using System.Text.Json;

namespace Temperament.Studies.Data.Generation;

/// <summary>What a journal remembers of an earlier run.</summary>
/// <param name="Answers">Answers that were taken, by order.</param>
/// <param name="PromptTokens">Tokens of all prompts.</param>
/// <param name="AnswerTokens">Tokens of all answers.</param>
/// <param name="Requests">Number of requests.</param>
internal sealed record JournalState(Dictionary<string, string> Answers, long PromptTokens, long AnswerTokens, int Requests);

/// <summary>
/// Every reply, one JSON object a line, flushed to the disk before it counts, so that a killed run loses at most the requests in flight. A
/// last line that was cut by a kill is taken away when the journal is opened.
/// </summary>
internal sealed class GenerationJournal : IDisposable
{
    private readonly FileStream _stream;
    private readonly Lock _lock = new();

    private GenerationJournal(FileStream stream) => _stream = stream;

    /// <summary>Opens a journal, or begins one.</summary>
    /// <param name="path">File.</param>
    /// <param name="plan">Hash of what is to be written; a journal of another plan is refused.</param>
    /// <param name="state">What it remembers.</param>
    /// <exception cref="DataFileException">The journal is of another plan, or damaged before its last line.</exception>
    public static GenerationJournal Open(string path, string plan, out JournalState state)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            state = Read(stream, path, plan);
            GenerationJournal journal = new(stream);
            if (stream.Length == 0)
            {
                journal.Append(json => json.WriteString("plan", plan));
            }

            return journal;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Remembers a reply.</summary>
    /// <param name="id">The order.</param>
    /// <param name="completion">The reply.</param>
    /// <param name="answer">The answer, if it was taken.</param>
    /// <param name="complaint">Why it was not taken; null if it was.</param>
    public void Add(string id, Completion completion, string answer, string? complaint) => Append(json =>
    {
        json.WriteString("id", id);
        json.WriteNumber("prompt_tokens", completion.PromptTokens);
        json.WriteNumber("answer_tokens", completion.AnswerTokens);
        json.WriteString(complaint is null ? "answer" : "refused", answer);
        if (complaint is not null)
        {
            json.WriteString("because", complaint);
        }
    });

    public void Dispose() => _stream.Dispose();

    private static JournalState Read(FileStream stream, string path, string plan)
    {
        byte[] all = new byte[stream.Length];
        stream.ReadExactly(all);
        int whole = all.AsSpan().LastIndexOf((byte)'\n') + 1;
        stream.SetLength(whole);
        stream.Position = whole;
        JournalState state = new([], 0, 0, 0);
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(all, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            state = Add(state, path, ++number, line, plan);
        }

        return state;
    }

    private static JournalState Add(JournalState state, string path, int number, string line, string plan)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            if (number == 1)
            {
                return root.GetProperty("plan").GetString() == plan ? state : throw new DataFileException(path, 1, "the journal of another plan",
                    "that of the same topics, targets, seed, model and rules", "Run with the arguments of before, or delete the journal to begin anew.");
            }

            if (root.TryGetProperty("answer", out JsonElement answer))
            {
                state.Answers[root.GetProperty("id").GetString()!] = answer.GetString()!;
            }

            return state with
            {
                PromptTokens = state.PromptTokens + root.GetProperty("prompt_tokens").GetInt64(),
                AnswerTokens = state.AnswerTokens + root.GetProperty("answer_tokens").GetInt64(),
                Requests = state.Requests + 1,
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DataFileException(path, number, "a line that is no entry of a journal", "one reply a line", "Delete the journal to begin anew.", error);
        }
    }

    private void Append(Action<Utf8JsonWriter> write)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        lock (_lock)
        {
            _stream.Write(line.ToArray());
            _stream.Flush(flushToDisk: true);
        }
    }
}
