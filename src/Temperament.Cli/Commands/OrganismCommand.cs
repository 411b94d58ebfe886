using System.CommandLine;
using System.Globalization;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Models.Text;
using Temperament.Studies.Organism;

namespace Temperament.Cli.Commands;

/// <summary><c>temper organism</c>: the embedded models from nothing.</summary>
internal static class OrganismCommand
{
    public static Command Create(CommandHost host) =>
        CommandHost.Group("organism", "The family of model organisms that comes with temper.", Build(host), List(host));

    private static Command Build(CommandHost host)
    {
        Argument<string?> member = new("MEMBER")
        {
            Description = $"Member of the family: {string.Join(", ", ModelCatalog.Embedded)}. The first if left out; with --verify, all of them.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string> folder = new("--out") { Description = "Folder to write.", HelpName = "DIR", DefaultValueFactory = _ => "models/built" };
        Option<bool> verify = new("--verify") { Description = "Write nothing: build scaled down, and compare the hashes with the recorded ones." };
        return host.Define("build", "Writes the corpus, trains the tokenizer, pretrains and chat-tunes: a minute or two, always the same bytes.",
            ["temper organism build", "temper organism build organism-twin --out models/twin", "temper organism build --verify"], [member, folder, verify], run =>
            {
                OrganismMember? chosen = run.Arguments.GetValue(member) is { } name ? Find(name) : null;
                if (run.Arguments.GetValue(verify))
                {
                    OrganismVerificationView.Show(run, chosen is null ? OrganismFamily.Members : [chosen]);
                }
                else
                {
                    Write(run, chosen ?? OrganismFamily.Members[0], Fresh(run.Arguments.GetRequiredValue(folder)));
                }
            });
    }

    private static Command List(CommandHost host) => host.Define("list", "Names the members of the family and what sets them apart.", ["temper organism list"], [], run =>
    {
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartArray();
                foreach (OrganismMember member in OrganismFamily.Members)
                {
                    json.WriteStartObject();
                    json.WriteString("name", member.Name);
                    json.WriteNumber("seed", member.Recipe.Seed);
                    json.WriteString("description", member.Description);
                    json.WriteString("weightsFileSha256", member.Recorded.Weights);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        foreach (OrganismMember member in OrganismFamily.Members)
        {
            run.Print(string.Create(CultureInfo.InvariantCulture, $"{member.Name,-16} seed {member.Recipe.Seed}  {member.Description}"));
        }
    });

    private static OrganismMember Find(string name) => OrganismFamily.Members.FirstOrDefault(member => member.Name == name)
        ?? throw new UsageException(NearestWord.Complain("member", name, ModelCatalog.Embedded));

    private static string Fresh(string path)
    {
        if (File.Exists(path))
        {
            throw new UsageException($"--out {path} is a file; a model is a folder. Name a folder that is not there yet.");
        }

        return Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(Path.Combine(path, "build.log"))
            ? throw new UsageException($"--out {path} holds something else than an organism that was built. Name another folder.")
            : path;
    }

    private static void Write(CommandRun run, OrganismMember member, string path)
    {
        OrganismBuild build = ProgressBar.Run(run, "building", 1, bar => new OrganismBuilder(
            member.Recipe, CorpusGrammar.Embedded, run.Pool, at => bar.Stage(at.Stage, at.Step, at.Steps, at.Loss)).Build(path, run.Cancellation));
        OrganismCard.Write(member, build, CorpusGrammar.Embedded);
        bool recorded = build.Is(member.Recorded);
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("model", path);
                json.WriteString("recipe", member.Name);
                json.WriteString("weightsFileSha256", build.WeightsHash);
                json.WriteString("tokenizerSha256", build.TokenizerHash);
                json.WriteBoolean("asRecorded", recorded);
                json.WriteEndObject();
            });
        }
        else
        {
            run.Print($"{path}: {member.Name} is built; build.log and timing.log say how. Weights {build.WeightsHash[..16]}..., "
                + (recorded ? "the recorded bytes." : $"not the recorded bytes, {member.Recorded.Weights[..Math.Min(16, member.Recorded.Weights.Length)]}..."));
            run.Print($"Try it: temper generate {path} --prompt \"What do you think of jazz?\"");
        }

        run.ExitCode = recorded ? ExitCodes.Done : ExitCodes.Failed;
    }
}
