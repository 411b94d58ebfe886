using System.Net;
using System.Net.Http.Headers;

namespace Temperament.Models.Hub;

/// <summary>Sends requests to the hub, and again where it may help: cut connections, errors of the server, and "too many requests".</summary>
internal sealed class HubRequests(HttpClient http, HubSettings settings, Func<TimeSpan, CancellationToken, Task> wait)
{
    /// <summary>Requests in a row without a byte of progress.</summary>
    private const int Attempts = 6;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Does something with an answer; tries again after passing faults while there is no progress for a few times.</summary>
    /// <param name="path">Path below the endpoint.</param>
    /// <param name="from">First byte that is asked for; asked again for each attempt.</param>
    /// <param name="use">Takes the answer.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<T> GetAsync<T>(string path, Func<long> from, Func<HttpResponseMessage, CancellationToken, Task<T>> use, CancellationToken cancellation)
    {
        var address = new Uri(settings.Endpoint, path);
        long best = from();
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan? pause;
            Exception cause;
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Get, address);
                request.Headers.UserAgent.ParseAdd("temperament");
                request.Headers.Authorization = settings.Token is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;
                request.Headers.Range = from() > 0 ? new RangeHeaderValue(from(), null) : null;
                using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
                if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    return await use(response, cancellation).ConfigureAwait(false);
                }

                if (!IsPassing(response.StatusCode))
                {
                    throw Refusal(address, response.StatusCode);
                }

                pause = RetryAfter(response);
                cause = new HttpRequestException($"status {(int)response.StatusCode}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                (pause, cause) = (null, e);
            }

            long reached = from();
            (attempt, best) = reached > best ? (1, reached) : (attempt, best);
            if (attempt >= Attempts)
            {
                throw new HubException(address.ToString(), $"no whole answer after {Attempts} attempts ({cause.Message})",
                    "What was fetched is kept, and the same command goes on from there. HF_ENDPOINT names another hub.", cause);
            }

            await wait(pause ?? TimeSpan.FromSeconds(0.5 * (1 << attempt)), cancellation).ConfigureAwait(false);
        }
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
