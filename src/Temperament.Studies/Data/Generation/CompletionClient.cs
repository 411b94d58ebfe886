using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Temperament.Models.Text;

namespace Temperament.Studies.Data.Generation;

/// <summary>What an endpoint replied.</summary>
/// <param name="Text">The text.</param>
/// <param name="PromptTokens">Tokens of the prompt that it counted; 0 if it did not say.</param>
/// <param name="AnswerTokens">Tokens of the answer that it counted; 0 if it did not say.</param>
internal sealed record Completion(string Text, int PromptTokens, int AnswerTokens);

/// <summary>An endpoint gave no usable reply.</summary>
/// <param name="message">What happened.</param>
/// <param name="passing">Whether the same request may succeed later.</param>
/// <param name="wait">How long the endpoint asks to wait; null if it does not say.</param>
/// <param name="inner">The exception behind it, if any.</param>
internal sealed class CompletionException(string message, bool passing, TimeSpan? wait = null, Exception? inner = null) : Exception(message, inner)
{
    public bool Passing { get; } = passing;

    public TimeSpan? Wait { get; } = wait;

    /// <summary>Whether nothing listens at the address, or its name is unknown.</summary>
    public bool Unreachable => InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
}

/// <summary>Asks an endpoint that speaks the chat completions protocol of OpenAI, as hosted services and local servers do.</summary>
/// <param name="http">How it is reached; its timeout holds for each request.</param>
/// <param name="endpoint">Base address, as in "http://localhost:8080/v1".</param>
/// <param name="model">Name of the model.</param>
/// <param name="key">Key to send; null for none.</param>
internal sealed class CompletionClient(HttpClient http, Uri endpoint, string model, string? key)
{
    private const int MostReplyBytes = 1 << 20;
    private const int ShownOfReply = 200;

    /// <summary>Asks once.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="temperature">Sampling temperature.</param>
    /// <param name="mostTokens">Tokens of the answer at most.</param>
    /// <param name="cancellation">Stops the request.</param>
    /// <exception cref="CompletionException">There is no usable reply.</exception>
    public async Task<Completion> AskAsync(IReadOnlyList<ChatMessage> messages, double temperature, int mostTokens, CancellationToken cancellation)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/chat/completions"))
            {
                Content = new ByteArrayContent(Body(messages, temperature, mostTokens)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            };
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            byte[] reply = await ReadAsync(response.Content, cancellation).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? Parse(reply) : throw Refusal(response, reply);
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            string what = error is OperationCanceledException ? $"no reply within {http.Timeout.TotalSeconds:0} s" : error.Message;
            throw new CompletionException($"the connection failed: {what}", true, null, error);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        using Stream stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using MemoryStream all = new();
        byte[] buffer = new byte[1 << 14];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            if (all.Length + read > MostReplyBytes)
            {
                throw new CompletionException($"the reply is longer than {MostReplyBytes:N0} bytes", true);
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    private static CompletionException Refusal(HttpResponseMessage response, byte[] reply)
    {
        HttpStatusCode status = response.StatusCode;
        bool passing = status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;
        RetryConditionHeaderValue? after = response.Headers.RetryAfter;
        string text = Encoding.UTF8.GetString(reply).ReplaceLineEndings(" ").Trim();
        return new CompletionException($"status {(int)status} {response.ReasonPhrase}{(text.Length > 0 ? $": {Short(text)}" : "")}", passing, after?.Delta);
    }

    private static Completion Parse(byte[] reply)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(reply);
            JsonElement message = json.RootElement.GetProperty("choices")[0].GetProperty("message");
            string text = message.GetProperty("content").GetString() ?? "";
            return new Completion(text, Usage(json.RootElement, "prompt_tokens"), Usage(json.RootElement, "completion_tokens"));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new CompletionException($"the reply is no chat completion: {Short(Encoding.UTF8.GetString(reply).ReplaceLineEndings(" "))}", true, null, error);
        }
    }

    private static int Usage(JsonElement reply, string field) =>
        reply.TryGetProperty("usage", out JsonElement usage) && usage.ValueKind == JsonValueKind.Object && usage.TryGetProperty(field, out JsonElement count)
        && count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out int value) && value >= 0 ? value : 0;

    private static string Short(string text) => text.Length <= ShownOfReply ? text : string.Concat(text.AsSpan(0, ShownOfReply), "…");

    private byte[] Body(IReadOnlyList<ChatMessage> messages, double temperature, int mostTokens)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteStartArray("messages");
            foreach (ChatMessage message in messages)
            {
                json.WriteStartObject();
                json.WriteString("role", message.Role);
                json.WriteString("content", message.Content);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("temperature", temperature);
            json.WriteNumber("max_tokens", mostTokens);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
