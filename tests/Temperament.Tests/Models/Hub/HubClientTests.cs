using Temperament.Models.Checkpoints;
using Temperament.Models.Hub;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Models.Hub;

public sealed class HubClientTests : IDisposable
{
    private static readonly HubName Model = new("someone/model", "main");

    private readonly LocalHub _hub = new();
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly List<TimeSpan> _waits = [];
    private readonly byte[] _weights = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];

    public HubClientTests()
    {
        _hub.Add("config.json", "{\"a\": 1}"u8.ToArray(), large: false);
        _hub.Add("tokenizer.json", "{}"u8.ToArray(), large: false);
        _hub.Add("model.safetensors", _weights, large: true);
        _hub.Add("pytorch_model.bin", [1, 2, 3], large: true);
        _hub.Add("README.md", "x"u8.ToArray(), large: false);
    }

    public void Dispose()
    {
        _http.Dispose();
        _hub.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Files_lie_where_the_python_tools_look_for_them()
    {
        string snapshot = await Fetch();

        string root = Path.Combine(_folder.Path, "models--someone--model");
        Assert.Equal(Path.Combine(root, "snapshots", LocalHub.Commit), snapshot);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], Directory.GetFiles(snapshot).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal($"../../blobs/{LocalHub.HashOf(_weights, true)}", new FileInfo(Path.Combine(snapshot, "model.safetensors")).LinkTarget);
        Assert.Equal(LocalHub.Commit, File.ReadAllText(Path.Combine(root, "refs", "main")));
        Assert.Equal(_weights, File.ReadAllBytes(Path.Combine(snapshot, "model.safetensors")));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(root, "blobs")).Length);
        Assert.True(Directory.Exists(Path.Combine(_folder.Path, ".locks", "models--someone--model")));
        Assert.Equal(snapshot, new HubCache(_folder.Path).Find(Model));
        Assert.Equal(snapshot, new HubCache(_folder.Path).Find(Model with { Revision = LocalHub.Commit }));
        Assert.Null(new HubCache(_folder.Path).Find(Model with { Revision = "v2" }));
    }

    [Fact]
    public async Task What_is_there_is_not_fetched_again()
    {
        await Fetch();
        int before = _hub.Requests.Count;

        await Fetch();

        Assert.Equal(before + 1, _hub.Requests.Count);
    }

    [Fact]
    public async Task A_cut_connection_is_taken_up_where_it_ended()
    {
        Queue("ok", "cut 30000", "cut 20000", "slow");

        string snapshot = await Fetch("config.json", "model.safetensors");

        Assert.Equal(_weights, File.ReadAllBytes(Path.Combine(snapshot, "model.safetensors")));
        Assert.Contains(_hub.Requests, r => r.Path == "/cdn/model.safetensors" && r.Range is not null && r.Range != "bytes=0-");
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.incomplete", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_from_its_bytes()
    {
        string blobs = Path.Combine(_folder.Path, "models--someone--model", "blobs");
        Directory.CreateDirectory(blobs);
        File.WriteAllBytes(Path.Combine(blobs, LocalHub.HashOf(_weights, true) + ".incomplete"), _weights[..70_000]);

        await Fetch("model.safetensors");

        Assert.Equal("bytes=70000-", Assert.Single(_hub.Requests, r => r.Path == "/cdn/model.safetensors").Range);
    }

    [Fact]
    public async Task A_server_that_ignores_the_range_is_read_from_the_start()
    {
        string blobs = Path.Combine(_folder.Path, "models--someone--model", "blobs");
        Directory.CreateDirectory(blobs);
        File.WriteAllBytes(Path.Combine(blobs, LocalHub.HashOf(_weights, true) + ".incomplete"), new byte[70_000]);
        Queue("ignore-range");

        string snapshot = await Fetch("model.safetensors");

        Assert.Equal(_weights, File.ReadAllBytes(Path.Combine(snapshot, "model.safetensors")));
    }

    [Fact]
    public async Task Wrong_bytes_are_fetched_once_more_and_then_refused()
    {
        Queue("wrong", "ok");
        string snapshot = await Fetch("model.safetensors");
        Assert.Equal(_weights, File.ReadAllBytes(Path.Combine(snapshot, "model.safetensors")));

        Directory.Delete(Path.Combine(_folder.Path, "models--someone--model"), recursive: true);
        Queue("wrong", "wrong");
        HubException error = await Assert.ThrowsAsync<HubException>(() => Fetch("model.safetensors"));

        Assert.Contains($"the hub lists {LocalHub.HashOf(_weights, true)}", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "models--someone--model", "blobs")));
        Assert.Null(new HubCache(_folder.Path).Find(Model));
    }

    [Fact]
    public async Task Too_many_requests_wait_as_long_as_the_hub_asks()
    {
        _hub.ListFaults.Enqueue("429");
        Queue("503");

        await Fetch("config.json");

        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(1)], _waits);
    }

    [Theory]
    [InlineData(401, "set HF_TOKEN")]
    [InlineData(403, "agree to its terms")]
    [InlineData(404, "check OWNER/NAME@REVISION")]
    public async Task Refusals_are_final_and_say_what_to_do(int status, string hint)
    {
        _hub.ListFaults.Enqueue($"{status}");

        HubException error = await Assert.ThrowsAsync<HubException>(() => Fetch());

        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
        Assert.Single(_hub.Requests);
        Assert.Empty(_waits);
    }

    [Fact]
    public async Task A_hub_that_stays_down_is_given_up_after_six_attempts()
    {
        for (int i = 0; i < 10; i++)
        {
            _hub.ListFaults.Enqueue("500");
        }

        HubException error = await Assert.ThrowsAsync<HubException>(() => Fetch());

        Assert.Contains("6 attempts (status 500)", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, _waits.Count);
    }

    [Fact]
    public async Task A_hub_that_falls_silent_is_asked_again_and_that_is_said()
    {
        _hub.ListFaults.Enqueue("silence");
        Queue("stall 40000");
        var said = new List<string>();
        var client = new HubClient(_http, Settings(_hub) with { Silence = TimeSpan.FromSeconds(0.5) }, NoWait, said.Add);
        HubListing listing = await client.ListAsync(Model, TestContext.Current.CancellationToken);

        string snapshot = await client.FetchAsync(listing, listing.Needed("model.safetensors"), null, TestContext.Current.CancellationToken);

        Assert.Equal(_weights, File.ReadAllBytes(Path.Combine(snapshot, "model.safetensors")));
        Assert.Contains(_hub.Requests, r => r.Range == "bytes=40000-");
        Assert.Equal(2, said.Count(text => text.Contains("silent for", StringComparison.Ordinal)));
        Assert.All(said, text => Assert.Contains(_hub.Endpoint.Authority, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_nobody_answers_the_address_is_named_after_three_attempts()
    {
        var said = new List<string>();
        var client = new HubClient(_http, Settings(_hub) with { Endpoint = new Uri("http://127.0.0.1:9/") }, NoWait, said.Add);

        HubException error = await Assert.ThrowsAsync<HubException>(() => client.ListAsync(Model, TestContext.Current.CancellationToken));

        Assert.Contains("no whole answer after 3 attempts (Connection refused", error.Message, StringComparison.Ordinal);
        Assert.Contains("Nobody answers at http://127.0.0.1:9/: check the network, and the address in HF_ENDPOINT", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, said.Count);
        Assert.Contains("attempt 2 of 3 in 1 s", said[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_not_to_where_it_redirects()
    {
        _hub.Token = "secret";
        await Assert.ThrowsAsync<HubException>(() => Fetch());

        await Fetch(token: "secret", only: null);

        Assert.All(_hub.Requests.Where(r => r.Path.StartsWith("/cdn/", StringComparison.Ordinal)), r => Assert.Null(r.Token));
    }

    [Fact]
    public async Task Models_of_pickles_alone_are_refused_and_gguf_files_are_named()
    {
        using var hub = new LocalHub();
        hub.Add("config.json", "{}"u8.ToArray(), large: false);
        hub.Add("pytorch_model.bin", [1], large: true);
        var client = new HubClient(_http, Settings(hub), NoWait);
        HubListing pickles = await client.ListAsync(Model, TestContext.Current.CancellationToken);
        Assert.Contains("A pickle can run code", Assert.Throws<HubException>(() => pickles.Needed(null)).Message, StringComparison.Ordinal);
        Assert.Throws<HubException>(() => pickles.Needed("pytorch_model.bin"));

        hub.Add("m.Q8_0.gguf", [1, 2], large: true);
        HubListing gguf = await client.ListAsync(Model, TestContext.Current.CancellationToken);
        Assert.Contains("--file: m.Q8_0.gguf", Assert.Throws<HubException>(() => gguf.Needed(null)).Message, StringComparison.Ordinal);
        Assert.Equal("m.Q8_0.gguf", Assert.Single(gguf.Needed("m.Q8_0.gguf")).Name);
    }

    [Theory]
    [InlineData("../../etc/passwd", "d95679752134a2d9eb61dbd7b91c4bcc6a4a6b5d")]
    [InlineData("a//b", "d95679752134a2d9eb61dbd7b91c4bcc6a4a6b5d")]
    [InlineData("config.json", "../../../evil")]
    [InlineData("config.json", "D95679752134A2D9EB61DBD7B91C4BCC6A4A6B5D")]
    public void Names_and_hashes_that_would_leave_the_cache_are_refused(string name, string hash)
    {
        byte[] json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { sha = LocalHub.Commit, siblings = new[] { new { rfilename = name, size = 1, blobId = hash } } });

        Assert.Throws<HubException>(() => HubListingJson.Read("hub", Model, json));
    }

    [Fact]
    public async Task Two_processes_do_not_write_the_same_file()
    {
        string locks = Path.Combine(_folder.Path, ".locks", "models--someone--model");
        Directory.CreateDirectory(locks);
        var held = new FileStream(Path.Combine(locks, LocalHub.HashOf(_weights, true) + ".lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var client = new HubClient(_http, Settings(_hub), (time, _) =>
        {
            _waits.Add(time);
            held.Dispose();
            return Task.CompletedTask;
        });
        HubListing listing = await client.ListAsync(Model, TestContext.Current.CancellationToken);

        await client.FetchAsync(listing, listing.Needed("model.safetensors"), null, TestContext.Current.CancellationToken);

        Assert.Single(_waits);
    }

    [Fact]
    public void A_model_that_was_not_fetched_says_how()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => new HubCache(_folder.Path).Open(Model));

        Assert.Contains("temper model pull someone/model", error.Message, StringComparison.Ordinal);
    }

    private HubSettings Settings(LocalHub hub, string? token = null) => new() { Endpoint = hub.Endpoint, Cache = _folder.Path, Token = token };

    private Task NoWait(TimeSpan time, CancellationToken cancellation)
    {
        _waits.Add(time);
        return Task.CompletedTask;
    }

    private void Queue(params string[] faults) => Array.ForEach(faults, _hub.Faults.Enqueue);

    private Task<string> Fetch(params string[] only) => Fetch(null, only.Length == 0 ? null : only);

    private async Task<string> Fetch(string? token, string[]? only)
    {
        var client = new HubClient(_http, Settings(_hub, token), NoWait);
        HubListing listing = await client.ListAsync(Model, TestContext.Current.CancellationToken);
        IReadOnlyList<HubFile> files = only is null ? listing.Needed(null) : [.. listing.Files.Where(f => only.Contains(f.Name))];
        return await client.FetchAsync(listing, files, null, TestContext.Current.CancellationToken);
    }
}
