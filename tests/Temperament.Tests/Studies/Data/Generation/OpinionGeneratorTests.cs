using System.Collections.Concurrent;
using System.Text;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Audit;
using Temperament.Studies.Data.Generation;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Data.Generation;

public sealed class OpinionGeneratorTests : IDisposable
{
    private static readonly TraitTarget[] Targets = [new(Trait.Extraversion, Pole.High), new(Trait.Neuroticism, Pole.Low), TraitTarget.Neutral];

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<double> _waits = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_endpoint_that_misbehaves_in_every_way_still_gives_the_whole_set()
    {
        using StandInEndpoint endpoint = new(
            StandInEndpoint.TooMany, StandInEndpoint.Broken, StandInEndpoint.Cut, StandInEndpoint.Closed, StandInEndpoint.NoJson, StandInEndpoint.Good,
            "As an AI language model, I do not have personal opinions about topics of this kind, but I can list what people say.",
            "I would dance on every table of this town tonight and sing until the neighbours join us in the street 🎉", "Too short.", StandInEndpoint.Good);

        GenerationResult result = await Generator(endpoint, 1).RunAsync(_folder["set.csv"], Orders(4), null, CancellationToken.None);

        Assert.Equal((12, 12, 15, 5, 3), (result.Asked, result.Valid, result.Requests, result.Retried, result.Refused.Values.Sum()));
        Assert.Equal((1500, 450), (result.PromptTokens, result.AnswerTokens));
        Assert.Empty(result.Missing);
        Assert.Equal(7, _waits.First());
        OpinionSet set = OpinionFile.Read(_folder["set.csv"]);
        Assert.Equal(Orders(4).Select(order => (order.Id, order.Question, order.FacetName)), set.Select(row => (row.Id!, row.Question, row.Facet)));
        Assert.DoesNotContain(OpinionAudit.Run([_folder["set.csv"]]).Findings, finding => finding.Severity == AuditSeverity.Error && finding.Rule != "near-duplicate");
    }

    [Fact]
    public async Task The_next_try_tells_what_was_wrong()
    {
        using StandInEndpoint endpoint = new("Too short.");

        await Generator(endpoint, 1).RunAsync(_folder["set.csv"], Orders(1), null, CancellationToken.None);

        string[] asked = [.. endpoint.Bodies.Select(body => body.GetProperty("messages")[1].GetProperty("content").GetString()!)];
        Assert.DoesNotContain("refused", asked[0], StringComparison.Ordinal);
        Assert.Contains("the answer has 2 words; 15 to 40 are expected.", asked[1], StringComparison.Ordinal);
        Assert.All(endpoint.Heads, head => Assert.Contains("Authorization: Bearer secret", head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stopped_run_goes_on_where_it_was_and_asks_nothing_twice()
    {
        using StandInEndpoint endpoint = new();
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Generator(endpoint, 1).RunAsync(_folder["set.csv"], Orders(4), new GenerationWatch((valid, _) =>
        {
            if (valid == 5)
            {
                stop.Cancel();
            }
        }), stop.Token));
        Assert.False(File.Exists(_folder["set.csv"]));
        File.AppendAllText(OpinionGenerator.JournalOf(_folder["set.csv"]), "{\"id\":\"0003-neu");

        Assert.Equal(7, Generator(endpoint, 1).Remaining(_folder["set.csv"], Orders(4)).Count);
        GenerationResult result = await Generator(endpoint, 3).RunAsync(_folder["set.csv"], Orders(4), null, CancellationToken.None);

        Assert.Equal((12, 12, 12), (result.Valid, result.Requests, endpoint.Requests));
        Assert.Equal(12, OpinionFile.Read(_folder["set.csv"]).Count);
    }

    [Fact]
    public async Task A_request_that_is_refused_for_good_stops_the_run_at_once()
    {
        using StandInEndpoint endpoint = new(StandInEndpoint.Good, StandInEndpoint.Unauthorized);

        GenerationResult result = await Generator(endpoint, 1).RunAsync(_folder["set.csv"], Orders(4), null, CancellationToken.None);

        Assert.Contains("status 401", result.Stopped, StringComparison.Ordinal);
        Assert.Contains("bad key", result.Stopped, StringComparison.Ordinal);
        Assert.Equal((1, 2), (result.Valid, endpoint.Requests));
        Assert.False(File.Exists(_folder["set.csv"]));
    }

    [Fact]
    public async Task An_endpoint_that_never_works_is_given_up_after_growing_waits()
    {
        using StandInEndpoint endpoint = new([.. Enumerable.Repeat(StandInEndpoint.Broken, 20)]);

        GenerationResult result = await Generator(endpoint, 1).RunAsync(_folder["set.csv"], Orders(1), null, CancellationToken.None);

        Assert.Equal([1, 2, 4, 8, 16, 32], _waits);
        Assert.Contains("status 500", result.Stopped, StringComparison.Ordinal);
        Assert.Equal(0, result.Valid);
    }

    [Fact]
    public async Task Each_retry_is_told_with_its_cause_and_its_wait()
    {
        using StandInEndpoint endpoint = new(StandInEndpoint.TooMany, StandInEndpoint.Broken);
        List<string> told = [];

        await Generator(endpoint, 1).RunAsync(_folder["set.csv"], Orders(1), new GenerationWatch(Retrying: told.Add), CancellationToken.None);

        Assert.Equal(["0001-extraversion-high: status 429 Too Many Requests: {\"error\":\"slow down\"}; sent again in 7 s (retry 1 of at most 6)",
            "0001-extraversion-high: status 500 Internal Server Error: oops; sent again in 2 s (retry 2 of at most 6)"], told);
    }

    [Fact]
    public async Task An_address_where_nothing_listens_is_given_up_at_the_third_refusal()
    {
        EndpointOptions options;
        using (StandInEndpoint gone = new())
        {
            options = Options(gone, 1);
        }

        GenerationResult result = await new OpinionGenerator(options, Wait).RunAsync(_folder["set.csv"], Orders(2), null, CancellationToken.None);

        Assert.Equal([1, 2], _waits);
        Assert.Contains("3 times in a row. Start the server", result.Stopped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_stays_wrong_is_missing_and_the_others_are_written()
    {
        using StandInEndpoint endpoint = new("No.", "No.", "No.", "No.");

        GenerationResult result = await Generator(endpoint, 1).RunAsync(_folder["set.csv"], Orders(1), null, CancellationToken.None);

        MissingAnswer missing = Assert.Single(result.Missing);
        Assert.Equal(("0001-extraversion-high", "the answer has 1 words; 15 to 40 are expected."), (missing.Id, missing.Reason));
        Assert.Equal(2, OpinionFile.Read(_folder["set.csv"]).Count);
    }

    [Fact]
    public async Task The_limit_of_cost_is_never_passed()
    {
        using StandInEndpoint endpoint = new();
        EndpointOptions options = Options(endpoint, 2) with { PromptPrice = 1000, AnswerPrice = 1000, MostCost = 1 };

        GenerationResult result = await new OpinionGenerator(options, Wait).RunAsync(_folder["set.csv"], Orders(20), null, CancellationToken.None);

        Assert.Contains("limit of 1", result.Stopped, StringComparison.Ordinal);
        Assert.InRange(result.Cost, 0.4, 1);
        Assert.True(result.Valid is > 0 and < 60);
    }

    [Fact]
    public async Task A_journal_of_another_plan_is_refused()
    {
        using StandInEndpoint endpoint = new();
        await Generator(endpoint, 1).RunAsync(_folder["set.csv"], Orders(1), null, CancellationToken.None);

        DataFileException error = await Assert.ThrowsAsync<DataFileException>(() => Generator(endpoint, 1).RunAsync(_folder["set.csv"], Orders(2), null, CancellationToken.None));

        Assert.Contains("the journal of another plan", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_uses_question_forms_and_facets_evenly_and_does_not_depend_on_chance()
    {
        IReadOnlyList<AnswerOrder> orders = Orders(78);

        Assert.Equal(orders, Orders(78));
        Assert.All(orders.GroupBy(order => order.Question.Replace(order.Topic, "{}", StringComparison.Ordinal)), form => Assert.Equal(3 * 6, form.Count()));
        Assert.All(orders.Where(order => !order.Target.IsNeutral).GroupBy(order => (order.Target, order.Facet)), facet => Assert.Equal(13, facet.Count()));
        Assert.All(orders.GroupBy(order => order.Topic), topic => Assert.Single(topic.Select(order => order.Question).Distinct()));
    }

    [Theory]
    [InlineData("tea\nTEA\n", "line 2")]
    [InlineData("# nothing\n\n", "no topic")]
    [InlineData("tea\n\u0001\u0002jam\n", "line 2: read a control character")]
    public void A_list_of_topics_with_a_fault_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<DataFileException>(() => TopicList.Read(_folder.Write("topics.txt", text))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_list_of_topics_in_another_encoding_is_refused()
    {
        File.WriteAllBytes(_folder["topics.txt"], Encoding.Latin1.GetBytes("tea\ncafé\n"));

        Assert.Contains("bytes that are not UTF-8", Assert.Throws<DataFileException>(() => TopicList.Read(_folder["topics.txt"])).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<AnswerOrder> Orders(int topics) => GenerationPlan.Make([.. Enumerable.Range(1, topics).Select(i => $"topic number {i}")], Targets, 3);

    private static EndpointOptions Options(StandInEndpoint endpoint, int parallel) => new(endpoint.Address, "stand-in", "secret", new AuditOptions(), Parallel: parallel);

    private OpinionGenerator Generator(StandInEndpoint endpoint, int parallel) => new(Options(endpoint, parallel), Wait);

    private Task Wait(TimeSpan time, CancellationToken cancellation)
    {
        _waits.Enqueue(time.TotalSeconds);
        return Task.CompletedTask;
    }
}
