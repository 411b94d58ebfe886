using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Temperament.Studies.Data.Generation;

/// <summary>
/// Has a model write opinions through an endpoint. Every answer is held to the rules of the audit and asked for again if it breaks one; failed
/// requests are sent again after a growing wait, or the wait that the endpoint asks for; every reply is in a journal, from which a killed run goes on.
/// </summary>
/// <param name="options">How answers are asked for.</param>
/// <param name="delay">Waits; null for the clock.</param>
public sealed class OpinionGenerator(EndpointOptions options, Func<TimeSpan, CancellationToken, Task>? delay = null)
{
    private const double FirstWaitSeconds = 1;
    private const double LongestWaitSeconds = 60;

    // A refused connection is no busy server: nothing listens there, and waiting for minutes would only hide it.
    private const int RefusedTimes = 3;

    private readonly Func<TimeSpan, CancellationToken, Task> _delay = delay ?? Task.Delay;

    /// <summary>The journal of a set that is being written.</summary>
    /// <param name="path">The set.</param>
    public static string JournalOf(string path) => $"{path}.journal.jsonl";

    /// <summary>The orders that a journal has no answer for.</summary>
    /// <param name="path">The set.</param>
    /// <param name="orders">All orders.</param>
    public IReadOnlyList<AnswerOrder> Remaining(string path, IReadOnlyList<AnswerOrder> orders)
    {
        if (!File.Exists(JournalOf(path)))
        {
            return orders;
        }

        using GenerationJournal journal = GenerationJournal.Open(JournalOf(path), HashOf(orders), out JournalState state);
        return [.. orders.Where(order => !state.Answers.ContainsKey(order.Id))];
    }

    /// <summary>Asks for what is missing, and writes the set when all that can be had is there.</summary>
    /// <param name="path">Opinion file to write.</param>
    /// <param name="orders">All orders.</param>
    /// <param name="watch">Who is told how far it is; null for nobody.</param>
    /// <param name="cancellation">Stops; what was taken stays in the journal.</param>
    /// <exception cref="DataFileException">The journal is of another plan, or the endpoint refuses for good.</exception>
    public async Task<GenerationResult> RunAsync(string path, IReadOnlyList<AnswerOrder> orders, GenerationWatch? watch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(orders);
        using GenerationJournal journal = GenerationJournal.Open(JournalOf(path), HashOf(orders), out JournalState state);
        using HttpClient http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All }) { Timeout = options.Timeout ?? TimeSpan.FromSeconds(120) };
        Run run = new(options, _delay, new CompletionClient(http, options.Endpoint, options.Model, options.Key), journal, state, watch ?? new GenerationWatch());
        await run.AskAsync(orders, cancellation).ConfigureAwait(false);
        GenerationResult result = run.Result(orders);
        if (result.Stopped is null && result.Valid > 0)
        {
            OpinionFile.Write(path, run.Opinions(orders));
        }

        return result;
    }

    private string HashOf(IReadOnlyList<AnswerOrder> orders)
    {
        StringBuilder text = new();
        text.Append(options.Model).Append('\n').Append(options.Rules).Append('\n');
        foreach (AnswerOrder order in orders)
        {
            text.Append(order.Id).Append('\t').Append(order.Question).Append('\t').Append(order.FacetName).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private sealed class Run
    {
        private readonly EndpointOptions _options;
        private readonly Func<TimeSpan, CancellationToken, Task> _delay;
        private readonly CompletionClient _client;
        private readonly GenerationJournal _journal;
        private readonly GenerationWatch _watch;
        private readonly AnswerCheck _check;
        private readonly Dictionary<string, string> _answers;
        private readonly Dictionary<string, int> _refused = [];
        private readonly List<MissingAnswer> _missing = [];
        private readonly Lock _lock = new();
        private long _promptTokens;
        private long _answerTokens;
        private int _requests;
        private int _retried;
        private string? _stopped;

        public Run(EndpointOptions options, Func<TimeSpan, CancellationToken, Task> delay, CompletionClient client, GenerationJournal journal, JournalState state, GenerationWatch watch)
        {
            (_options, _delay, _client, _journal, _watch) = (options, delay, client, journal, watch);
            (_answers, _promptTokens, _answerTokens, _requests) = (state.Answers, state.PromptTokens, state.AnswerTokens, state.Requests);
            _check = new AnswerCheck(options.Rules);
        }

        public async Task AskAsync(IReadOnlyList<AnswerOrder> orders, CancellationToken cancellation)
        {
            foreach (AnswerOrder order in orders.Where(order => _answers.ContainsKey(order.Id)))
            {
                _check.Take(Opinion(order));
            }

            ConcurrentQueue<AnswerOrder> open = new(orders.Where(order => !_answers.ContainsKey(order.Id)));
            await Task.WhenAll(Enumerable.Range(0, _options.Parallel).Select(_ => WorkAsync(open, cancellation))).ConfigureAwait(false);
        }

        public IReadOnlyList<Opinion> Opinions(IReadOnlyList<AnswerOrder> orders) => [.. orders.Where(order => _answers.ContainsKey(order.Id)).Select(Opinion)];

        public GenerationResult Result(IReadOnlyList<AnswerOrder> orders) => new(orders.Count, _answers.Count, _requests, _refused, _retried, _promptTokens, _answerTokens,
            _options.Cost(_promptTokens, _answerTokens), [.. _missing.OrderBy(each => each.Id, StringComparer.Ordinal)], _stopped);

        private async Task WorkAsync(ConcurrentQueue<AnswerOrder> open, CancellationToken cancellation)
        {
            while (_stopped is null && open.TryDequeue(out AnswerOrder? order))
            {
                string? complaint = null;
                for (int attempt = 0; attempt < _options.Tries && _stopped is null; attempt++)
                {
                    complaint = await TryAsync(order, complaint, cancellation).ConfigureAwait(false);
                    if (complaint is null)
                    {
                        break;
                    }
                }

                if (complaint is not null && _stopped is null)
                {
                    lock (_lock)
                    {
                        _missing.Add(new MissingAnswer(order.Id, complaint));
                    }
                }
            }
        }

        private async Task<string?> TryAsync(AnswerOrder order, string? complaint, CancellationToken cancellation)
        {
            if (!MayAsk(order))
            {
                return complaint ?? "not asked";
            }

            Completion? completion = await SendAsync(order, complaint, cancellation).ConfigureAwait(false);
            if (completion is null)
            {
                return complaint ?? "no reply";
            }

            string answer = AnswerCheck.Bare(completion.Text);
            lock (_lock)
            {
                string? wrong = answer.Length == 0 ? "the answer is empty." : _check.Take(Opinion(order, answer));
                _journal.Add(order.Id, completion, answer, wrong);
                (_promptTokens, _answerTokens, _requests) = (_promptTokens + completion.PromptTokens, _answerTokens + completion.AnswerTokens, _requests + 1);
                if (wrong is null)
                {
                    _answers[order.Id] = answer;
                }
                else
                {
                    _refused[wrong] = _refused.GetValueOrDefault(wrong) + 1;
                }

                _watch.Progress?.Invoke(_answers.Count, _requests);
                return wrong;
            }
        }

        private bool MayAsk(AnswerOrder order)
        {
            CostEstimate next = CostEstimate.Of([order], _options);
            lock (_lock)
            {
                double cost = _options.Cost(_promptTokens, _answerTokens) + (_options.Parallel * next.Cost);
                if (_options.MostCost is { } most && cost > most)
                {
                    _stopped ??= FormattableString.Invariant($"the next requests might pass the limit of {most:0.##}; {_options.Cost(_promptTokens, _answerTokens):0.####} is spent.");
                }

                return _stopped is null;
            }
        }

        private async Task<Completion?> SendAsync(AnswerOrder order, string? complaint, CancellationToken cancellation)
        {
            int refused = 0;
            for (int failures = 0; ; failures++)
            {
                try
                {
                    return await _client.AskAsync(AnswerPrompt.For(order, _options.Rules, complaint), _options.Temperature, _options.MostTokens, cancellation).ConfigureAwait(false);
                }
                catch (CompletionException error) when (error.Passing && failures < _options.Retries && (refused = error.Unreachable ? refused + 1 : 0) < RefusedTimes)
                {
                    Interlocked.Increment(ref _retried);
                    TimeSpan wait = error.Wait ?? TimeSpan.FromSeconds(Math.Min(LongestWaitSeconds, FirstWaitSeconds * Math.Pow(2, failures)));
                    _watch.Retrying?.Invoke(FormattableString.Invariant(
                        $"{order.Id}: {error.Message}; sent again in {wait.TotalSeconds:0.#} s (retry {failures + 1} of at most {_options.Retries})"));
                    await _delay(wait, cancellation).ConfigureAwait(false);
                }
                catch (CompletionException error)
                {
                    lock (_lock)
                    {
                        _stopped ??= error.Unreachable
                            ? $"{_options.Endpoint}: {error.Message}, {failures + 1} times in a row. Start the server, or look for a wrong --endpoint."
                            : $"{_options.Endpoint}: {error.Message}{(failures > 0 ? $", after {failures} retries" : "")}.";
                    }

                    return null;
                }
            }
        }

        private Opinion Opinion(AnswerOrder order) => Opinion(order, _answers[order.Id]);

        private static Opinion Opinion(AnswerOrder order, string answer) => new(order.Target, order.Topic, order.Question, answer, order.FacetName, order.Id);
    }
}
