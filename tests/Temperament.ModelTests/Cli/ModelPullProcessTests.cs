using System.Diagnostics;
using Temperament.ModelTests.Support;
using Temperament.Tests.Models.Hub;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Cli;

/// <summary>The command "temper model pull" in a process of its own, against a hub on this machine.</summary>
public sealed class ModelPullProcessTests : IDisposable
{
    private const string Model = "llama-tied-llama3rope", Name = "someone/model", Weights = "model.safetensors";

    private readonly LocalHub _hub = new();
    private readonly TemporaryFolder _folder = new();

    public ModelPullProcessTests()
    {
        foreach (string file in Directory.GetFiles(Oracles.Golden("models", Model)))
        {
            _hub.Add(Path.GetFileName(file), File.ReadAllBytes(file), large: Path.GetFileName(file) == Weights);
        }
    }

    public void Dispose()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_pull_that_is_killed_goes_on_from_its_bytes_and_the_model_is_found_by_its_name()
    {
        int length = (int)new FileInfo(Oracles.Golden("models", Model, Weights)).Length, half = length / 2 / 1000 * 1000;
        _hub.Faults.Enqueue($"stall {half}");
        using (TemperProcess first = TemperProcess.Start(_folder.Path, Variables, "model", "pull", Name, "--file", Weights))
        {
            var watch = Stopwatch.StartNew();
            while (!Incomplete().Any(file => file.Length >= half) && !first.HasEnded)
            {
                Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "nothing is fetched");
                Thread.Sleep(5);
            }

            first.Kill();
        }

        TemperResult second = TemperProcess.Run(_folder.Path, Variables, "model", "pull", Name);
        TemperResult info = TemperProcess.Run(_folder.Path, Variables, "model", "info", Name, "--json");

        Assert.True(second.Code == 0, second.Error);
        Assert.Contains(_hub.Requests, request => request.Path == $"/cdn/{Weights}" && request.Range == $"bytes={half}-");
        Assert.Contains(LocalHub.Commit, second.Output, StringComparison.Ordinal);
        Assert.Empty(Incomplete());
        Assert.True(info.Code == 0, info.Error);
    }

    [Fact]
    public void A_file_with_another_hash_is_not_kept()
    {
        _hub.Faults.Enqueue("wrong");
        _hub.Faults.Enqueue("wrong");

        TemperResult pull = TemperProcess.Run(_folder.Path, Variables, "model", "pull", Name, "--file", Weights);

        Assert.Equal(1, pull.Code);
        Assert.Contains("and the hub lists", pull.Error, StringComparison.Ordinal);
        Assert.Equal(3, TemperProcess.Run(_folder.Path, Variables, "model", "info", Name).Code);
    }

    [Theory]
    [InlineData("401", "HF_TOKEN")]
    [InlineData("404", "check OWNER/NAME@REVISION")]
    public void A_refusal_names_the_address_and_what_to_do(string status, string hint)
    {
        _hub.ListFaults.Enqueue(status);

        TemperResult pull = TemperProcess.Run(_folder.Path, Variables, "model", "pull", Name);

        Assert.Equal(1, pull.Code);
        Assert.StartsWith($"temper: {_hub.Endpoint}api/models/{Name}/revision/main", pull.Error, StringComparison.Ordinal);
        Assert.Contains(hint, pull.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_requests_are_waited_for_and_that_is_said()
    {
        _hub.RetryAfter = 1;
        _hub.ListFaults.Enqueue("429");

        TemperResult pull = TemperProcess.Run(_folder.Path, Variables, "model", "pull", Name, "--json");

        Assert.True(pull.Code == 0, pull.Error);
        Assert.Equal($"http://{_hub.Endpoint.Authority}: status 429; attempt 2 of 6 in 1 s\n", pull.Error);
        Assert.Contains("\"commit\"", pull.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_python_tools_fetched_is_found()
    {
        string root = _folder["hub/models--someone--model"], snapshot = Path.Combine(root, "snapshots", LocalHub.Commit);
        Directory.CreateDirectory(Path.Combine(root, "blobs"));
        Directory.CreateDirectory(Path.Combine(root, "refs"));
        Directory.CreateDirectory(snapshot);
        File.WriteAllText(Path.Combine(root, "refs", "main"), LocalHub.Commit);
        foreach (string file in Directory.GetFiles(Oracles.Golden("models", Model)))
        {
            byte[] content = File.ReadAllBytes(file);
            string hash = LocalHub.HashOf(content, Path.GetFileName(file) == Weights);
            File.WriteAllBytes(Path.Combine(root, "blobs", hash), content);
            File.CreateSymbolicLink(Path.Combine(snapshot, Path.GetFileName(file)), $"../../blobs/{hash}");
        }

        Assert.Equal(0, TemperProcess.Run(_folder.Path, Variables, "model", "info", Name).Code);
        Assert.Equal(0, TemperProcess.Run(_folder.Path, Variables, "model", "info", $"{Name}@{LocalHub.Commit}").Code);
        TemperResult pull = TemperProcess.Run(_folder.Path, Variables, "model", "pull", Name);
        Assert.True(pull.Code == 0, pull.Error);
        Assert.Single(_hub.Requests);
    }

    private Dictionary<string, string> Variables => new()
    {
        ["HF_HOME"] = _folder.Path, ["HF_ENDPOINT"] = _hub.Endpoint.ToString(), ["HF_HUB_CACHE"] = "", ["HF_TOKEN"] = "", ["HF_HUB_OFFLINE"] = "",
    };

    private FileInfo[] Incomplete() => [.. new DirectoryInfo(_folder.Path).EnumerateFiles("*.incomplete", SearchOption.AllDirectories)];
}
