using System.Net;
using System.Net.Http.Headers;

namespace Temperament.Models.Hub;

/// <summary>Sends requests to the hub, and again where it may help: cut connections, errors of the server, and "too many requests".</summary>
internal sealed class HubRequests(HttpClient http, HubSettings settings, Func<TimeSpan, CancellationToken, Task> wait, Action<string>? say)
{
    /// <summary>Requests in a row without a byte of progress; fewer where nobody has answered at all.</summary>
    private const int Attempts = 6, AttemptsUnanswered = 3;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Unsaid = TimeSpan.FromSeconds(2);

    private bool _answered;

    /// <summary>Does something with an answer; tries again after passing faults while there is no progress for a few times.</summary>
    /// <param name="path">Path below the endpoint.</param>
    /// <param name="from">First byte that is asked for; asked again for each attempt.</param>
    /// <param name="use">Takes the answer; its token is cancelled where the hub falls silent, and each call of the action puts that off.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<T> GetAsync<T>(string path, Func<long> from, Func<HttpResponseMessage, Action, CancellationToken, Task<T>> use, CancellationToken cancellation)
    {
        var address = new Uri(settings.Endpoint, path);
        long best = from();
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan? pause;
            string cause;
            using var silent = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            silent.CancelAfter(settings.Silence);
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Get, address);
                request.Headers.UserAgent.ParseAdd("temperament");
                request.Headers.Authorization = settings.Token is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;
                request.Headers.Range = from() > 0 ? new RangeHeaderValue(from(), null) : null;
                using HttpResponseMessage response = await SendAsync(request, attempt, silent.Token).ConfigureAwait(false);
                _answered = true;
                if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    return await use(response, () => silent.CancelAfter(settings.Silence), silent.Token).ConfigureAwait(false);
                }

                if (!IsPassing(response.StatusCode))
                {
                    throw Refusal(address, response.StatusCode);
                }

                pause = RetryAfter(response);
                cause = $"status {(int)response.StatusCode}";
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                (pause, cause) = (null, e is OperationCanceledException ? $"silent for {settings.Silence.TotalSeconds:0.#} s" : e.Message);
            }

            long reached = from();
            (attempt, best) = reached > best ? (1, reached) : (attempt, best);
            int most = _answered ? Attempts : AttemptsUnanswered;
            if (attempt >= most)
            {
                throw new HubException(address.ToString(), $"no whole answer after {most} attempts ({cause})", _answered
                    ? "What was fetched is kept, and the same command goes on from there. HF_ENDPOINT names another hub."
                    : $"Nobody answers at {settings.Endpoint}: check the network, and the address in HF_ENDPOINT if it is set. What was fetched before is kept.");
            }

            TimeSpan rest = pause ?? TimeSpan.FromSeconds(0.5 * (1 << attempt));
            say?.Invoke($"{address.GetLeftPart(UriPartial.Authority)}: {cause}; attempt {attempt + 1} of {most} in {rest.TotalSeconds:0.#} s");
            await wait(rest, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, int attempt, CancellationToken cancellation)
    {
        Task<HttpResponseMessage> sent = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (say is not null && await Task.WhenAny(sent, Task.Delay(Unsaid, cancellation)).ConfigureAwait(false) != sent && !cancellation.IsCancellationRequested)
        {
            say($"waiting for {request.RequestUri!.GetLeftPart(UriPartial.Authority)} to answer, for {settings.Silence.TotalSeconds:0.#} s at most (attempt {attempt})");
        }

        return await sent.ConfigureAwait(false);
    }

    private static bool IsPassing(HttpStatusCode status) => (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;

    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        TimeSpan? asked = response.Headers.RetryAfter?.Delta;
        return asked is { } time && time > Longest ? Longest : asked;
    }

    private HubException Refusal(Uri address, HttpStatusCode status) => new(address.ToString(), $"the hub answered {(int)status} {status}", status switch
    {
        HttpStatusCode.Unauthorized => settings.Token is null
            ? "There is no such model, or it asks for a token: set HF_TOKEN to one of yours."
            : "There is no such model, or the token in HF_TOKEN is not valid.",
        HttpStatusCode.Forbidden => "The model asks its users to agree to its terms: do so on its page, and set HF_TOKEN to a token of that account.",
        HttpStatusCode.NotFound => "There is no such model, revision or file: check OWNER/NAME@REVISION.",
        _ => "The hub refuses the request.",
    });
}
