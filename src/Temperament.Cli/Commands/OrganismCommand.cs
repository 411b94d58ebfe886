using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Rendering;
using Temperament.Studies.Organism;

namespace Temperament.Cli.Commands;

/// <summary><c>temper organism</c>: the embedded model from nothing.</summary>
internal static class OrganismCommand
{
    public static Command Create(CommandHost host)
    {
        Option<string> folder = new("--out") { Description = "Folder to write.", HelpName = "DIR", DefaultValueFactory = _ => "models/built" };
        Option<bool> twin = new("--twin") { Description = "Build the twin, whose pretraining emojis are independent of register." };
        Command build = host.Define("build", "Writes the corpus, trains the tokenizer, pretrains and chat-tunes: some minutes, always the same bytes.",
            ["temper organism build", "temper organism build --twin --out models/twin"], [folder, twin], run =>
            {
                string path = run.Arguments.GetRequiredValue(folder);
                OrganismRecipe recipe = run.Arguments.GetValue(twin) ? OrganismRecipe.Twin : OrganismRecipe.Main;
                ProgressBar.Run(run, "building", 1, bar =>
                {
                    new OrganismBuilder(recipe, CorpusGrammar.Embedded, run.Pool, at => bar.Stage(at.Stage, at.Step, at.Steps, at.Loss)).Build(path, run.Cancellation);
                    return true;
                });
                if (run.Json)
                {
                    run.PrintJson(json =>
                    {
                        json.WriteStartObject();
                        json.WriteString("model", path);
                        json.WriteString("recipe", recipe.Name);
                        json.WriteEndObject();
                    });
                }
                else
                {
                    run.Print($"{path}: {recipe.Name} is built; build.log says how. Try it: temper generate {path} --prompt \"What do you think of music?\"");
                }
            });
        return CommandHost.Group("organism", "The model organism that comes with temper.", build);
    }
}
