using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model</c>: looks into a checkpoint and runs single passes.</summary>
internal static class ModelCommand
{
    public static Command Create(CommandHost host) => CommandHost.Group(
        "model", "Looks into models, runs single passes, and writes models in other formats.", ModelInfoCommand.Create(host), Logits(host), Activations(host),
        ModelExportCommand.Create(host), ModelMergeCommand.Create(host), ModelReplayCommand.Create(host));

    private static Command Logits(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<int[]> tokens = Tokens();
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        Option<BaseQuantization> quantize = ModelOptions.Quantization();
        Option<bool> other = ModelOptions.AllowOtherBase();
        Option<string> file = ModelOptions.OutFile();
        return host.Define("logits", "Writes the logits of every position as tensor \"logits\" (T, V) in float32.",
            ["temper model logits organism --tokens 1,15,27 --out logits.safetensors",
                "temper model logits MODEL --tokens 1,15 --adapter adapters/e-high --quantize nf4 --out logits.safetensors"],
            [model, tokens, adapters, quantize, other, file], run =>
            {
                using LanguageModel loaded = ModelOpening.Load(run.Arguments.GetRequiredValue(model), run.Pool,
                    run.Arguments.GetValue(quantize), run.Arguments.GetValue(adapters), run.Arguments.GetValue(other));
                Tensor logits = SinglePass.Logits(loaded.Network, Checked(run.Arguments.GetRequiredValue(tokens), loaded.Config));
                Write(run, run.Arguments.GetRequiredValue(file), "logits", logits);
            });
    }

    private static Command Activations(CommandHost host)
    {
        Argument<string> model = ModelOptions.Model();
        Option<int[]> tokens = Tokens();
        Option<string> site = new("--site") { Description = "Where: mlp-hidden (F wide) or residual (after the block, C wide).", HelpName = "SITE", Required = true };
        site.AcceptOnlyFromAmong("mlp-hidden", "residual");
        Option<int> layer = Numbers.Integer("--layer", "K", "Block, counted from 0.", 0);
        layer.Required = true;
        Option<AdapterChoice[]> adapters = ModelOptions.Adapters();
        Option<BaseQuantization> quantize = ModelOptions.Quantization();
        Option<bool> other = ModelOptions.AllowOtherBase();
        Option<string> file = ModelOptions.OutFile();
        return host.Define("activations", "Writes the activations of one place as tensor \"activations\" (T, width) in float32.",
            ["temper model activations organism --tokens 1,15,27 --site mlp-hidden --layer 2 --out act.safetensors"],
            [model, tokens, site, layer, adapters, quantize, other, file], run =>
            {
                using LanguageModel loaded = ModelOpening.Load(run.Arguments.GetRequiredValue(model), run.Pool,
                    run.Arguments.GetValue(quantize), run.Arguments.GetValue(adapters), run.Arguments.GetValue(other));
                int block = run.Arguments.GetValue(layer);
                if (block >= loaded.Config.Layers)
                {
                    throw new UsageException($"--layer {block}: {loaded.Path} has {loaded.Config.Layers} blocks, counted from 0; give 0 to {loaded.Config.Layers - 1}.");
                }

                HookSite place = run.Arguments.GetValue(site) == "residual" ? HookSite.Residual : HookSite.MlpHidden;
                Tensor found = SinglePass.Activations(loaded.Network, Checked(run.Arguments.GetRequiredValue(tokens), loaded.Config), place, block);
                Write(run, run.Arguments.GetRequiredValue(file), "activations", found);
            });
    }

    private static Option<int[]> Tokens() => Numbers.List("--tokens", "1,15,…", "Token ids.");

    private static int[] Checked(int[] tokens, DecoderConfig config) => Array.Find(tokens, id => id >= config.VocabularySize) is var wrong and not 0
        ? throw new UsageException($"--tokens: id {wrong} is not in the vocabulary; give ids from 0 to {config.VocabularySize - 1}.")
        : tokens;

    private static void Write(CommandRun run, string file, string name, Tensor tensor)
    {
        SafetensorsWriter.Write(file, [SafetensorsTensor.F32(name, [tensor.Rows, tensor.Columns], tensor.Span)], null);
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                json.WriteString("tensor", name);
                json.WriteNumber("rows", tensor.Rows);
                json.WriteNumber("columns", tensor.Columns);
                json.WriteEndObject();
            });
        }
        else
        {
            run.Print($"{file}: {name} ({tensor.Rows}, {tensor.Columns}) float32");
        }
    }
}
