using System.CommandLine;
using Temperament.Cli.Exporting;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Models.Hub;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model pull</c>: a model of the hub into the cache that all tools share.</summary>
internal static class ModelPullCommand
{
    public static Command Create(CommandHost host)
    {
        Argument<string> model = new("OWNER/NAME[@REVISION]") { Description = "A model of the Hugging Face hub, at a branch, tag or commit; \"main\" unless given." };
        Option<string?> file = new("--file") { Description = "Fetch this file alone, a GGUF file for one.", HelpName = "F" };
        return host.Define("pull", "Fetches a model into the standard hub cache: resumed, verified, shared with the Python tools. Reads HF_HOME, HF_HUB_CACHE, HF_ENDPOINT and HF_TOKEN.",
            ["temper model pull HuggingFaceTB/SmolLM2-135M-Instruct", "temper model pull OWNER/NAME@v1.0 --file model.Q8_0.gguf"], [model, file], run =>
            {
                string given = run.Arguments.GetRequiredValue(model);
                if (!HubName.TryParse(given, out HubName? name))
                {
                    throw new UsageException($"\"{given}\" is no name of a model on the hub. Give OWNER/NAME or OWNER/NAME@REVISION.");
                }

                Pull(run, name, run.Arguments.GetValue(file));
            });
    }

    private static void Pull(CommandRun run, HubName name, string? only)
    {
        HubSettings settings = HubSettings.OfProcess();
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        Action<string> say = run.Log;
        var client = new HubClient(http, settings, text => say(text));
        HubListing listing = client.ListAsync(name, run.Cancellation).GetAwaiter().GetResult();
        IReadOnlyList<HubFile> files = listing.Needed(only);
        long total = files.Sum(file => file.Size);
        DiskSpace.Require(settings.Cache, total);
        string folder = ProgressBar.Run(run, $"Fetching {name}", Math.Max(1, total), bar =>
        {
            var done = new Dictionary<string, long>(StringComparer.Ordinal);
            say = run.Terminal.ErrorIsScreen ? text => bar.Report(done.Values.Sum(), text) : run.Log;
            return client.FetchAsync(listing, files, (file, bytes) =>
            {
                done[file.Name] = bytes;
                bar.Report(done.Values.Sum(), $"{file.Name}  {Figures.Bytes(done.Values.Sum())} of {Figures.Bytes(total)}");
            }, run.Cancellation).GetAwaiter().GetResult();
        });
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("model", name.Repository);
                json.WriteString("commit", listing.Commit);
                json.WriteString("folder", folder);
                json.WriteNumber("files", files.Count);
                json.WriteNumber("bytes", total);
                json.WriteEndObject();
            });
            return;
        }

        run.Print($"{name}: {files.Count} files, {Figures.Bytes(total)}, commit {listing.Commit}");
        run.Print($"folder        {folder}");
    }
}
