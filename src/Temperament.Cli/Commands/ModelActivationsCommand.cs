using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Cli.Rendering;
using Temperament.Models;
using Temperament.Models.Decoder;
using Temperament.Models.Encoders;
using Temperament.Models.Hooks;
using Temperament.Tensors.Memory;

namespace Temperament.Cli.Commands;

/// <summary><c>temper model activations</c>: what a model computes on its way, at one place or at all of them.</summary>
internal static class ModelActivationsCommand
{
    private const string All = "all";

    // Name on the command line, and in files, where others call these tensors so.
    private static readonly Dictionary<string, (HookSite Site, string File, bool InBlock)> Places = new(StringComparer.Ordinal)
    {
        ["embedding"] = (HookSite.Embedding, "embed", false),
        ["residual-before"] = (HookSite.ResidualBefore, "resid_pre", true),
        ["attention-pattern"] = (HookSite.AttentionPattern, "attn_probs", true),
        ["head-output"] = (HookSite.HeadOutput, "attn_z", true),
        ["attention-output"] = (HookSite.AttentionOutput, "attn_out", true),
        ["attention-added"] = (HookSite.AttentionAdded, "attn_add", true),
        ["residual-middle"] = (HookSite.ResidualMiddle, "resid_mid", true),
        ["mlp-hidden"] = (HookSite.MlpHidden, "mlp_hidden", true),
        ["mlp-output"] = (HookSite.MlpOutput, "mlp_out", true),
        ["mlp-added"] = (HookSite.MlpAdded, "mlp_add", true),
        ["residual"] = (HookSite.Residual, "resid_post", true),
        ["final-norm"] = (HookSite.FinalNorm, "final_norm", false),
    };

    public static Command Create(CommandHost host)
    {
        var choices = new PassChoices();
        Option<string> site = new("--site")
        {
            Description = $"Where: {string.Join(", ", Places.Keys)}, or all.",
            HelpName = "SITE",
            Required = true,
        };
        site.AcceptOnlyFromAmong([.. Places.Keys, All]);
        Option<int> layer = Numbers.Integer("--layer", "K", "Block, counted from 0; sites outside of the blocks, and all, need none.", 0);
        return host.Define("activations",
            "Writes the activations of one place as tensor \"activations\" (T, width) in float32, weights of attention as (H, T, T); or those of all places, as \"site.LAYER.NAME\".",
            ["temper model activations organism --tokens 1,15,27 --site mlp-hidden --layer 2 --out act.safetensors",
                "temper model activations MODEL --tokens 1,15 --site all --reference oracle.safetensors --sequence s2"],
            [.. choices.Symbols, site, layer], run =>
            {
                choices.RequireResult(run);
                string wanted = run.Arguments.GetRequiredValue(site);
                int? block = run.Arguments.GetResult(layer) is null ? null : run.Arguments.GetValue(layer);
                Func<HookSite, int, bool>? wants = wanted == All ? null : Wants(wanted, block);
                var copy = new ActivationCopy(wants);
                (int layers, int heads) = Pass(run, choices, copy, wanted == All || !Places[wanted].InBlock ? null : block);
                TensorResults.Deliver(run, choices, wanted == All ? Every(copy, layers, heads) : [Result("activations", copy.Found.Single(), heads)], wanted == All);
            });
    }

    private static Func<HookSite, int, bool> Wants(string place, int? block)
    {
        (HookSite site, _, bool inBlock) = Places[place];
        return inBlock && block is null
            ? throw new UsageException($"--site {place} is in every block; give --layer.")
            : (s, l) => s == site && (!inBlock || l == block);
    }

    private static (int Layers, int Heads) Pass(CommandRun run, PassChoices choices, ActivationCopy copy, int? block)
    {
        if (ModelOpening.Encoder(choices.Model(run)) is (var folder, var config))
        {
            Require(folder, config.Shape.Layers, block);
            var input = new EncoderInput(choices.Tokens(run, config.Shape.VocabularySize));
            using var state = new EncoderState(keepsActivations: false);
            if (config.Labels.Count > 0)
            {
                using TextClassifier classifier = choices.LoadClassifier(run, folder);
                classifier.Logits([input], state, new HookSet(copy));
            }
            else
            {
                using SentenceEncoder encoder = choices.LoadSentences(run, folder);
                encoder.Forward([input], state, new HookSet(copy));
            }

            return (config.Shape.Layers, config.Shape.Heads);
        }

        using LanguageModel loaded = choices.Load(run);
        Require(loaded.Path, loaded.Config.Layers, block);
        SinglePass.Logits(loaded.Network, choices.Tokens(run, loaded.Config.VocabularySize), new HookSet(copy));
        return (loaded.Config.Layers, loaded.Config.Heads);
    }

    private static void Require(string path, int layers, int? block)
    {
        if (block >= layers)
        {
            throw new UsageException($"--layer {block}: {path} has {layers} blocks, counted from 0; give 0 to {layers - 1}.");
        }
    }

    private static TensorResult[] Every(ActivationCopy copy, int layers, int heads)
    {
        var results = new List<TensorResult>();
        foreach ((HookSite site, string name, bool inBlock) in Places.Values)
        {
            for (int l = 0; l < (inBlock ? layers : 1); l++)
            {
                if (copy.Found.TryGetValue((site, l), out Tensor found))
                {
                    results.Add(Result(inBlock ? $"site.{l}.{name}" : $"site.{name}", new((site, l), found), heads));
                }
            }
        }

        return [.. results];
    }

    private static TensorResult Result(string name, KeyValuePair<(HookSite Site, int Layer), Tensor> found, int heads)
    {
        Tensor values = found.Value;
        if (found.Key.Site != HookSite.AttentionPattern)
        {
            return new TensorResult(name, [values.Rows, values.Columns], values.ToArray());
        }

        int T = values.Rows / heads;
        var ordered = new float[values.Count];
        for (int row = 0; row < values.Rows; row++)
        {
            values.Row(row).CopyTo(ordered.AsSpan((((row % heads) * T) + (row / heads)) * values.Columns));
        }

        values.KeepAlive();
        return new TensorResult(name, [heads, T, values.Columns], ordered);
    }
}
