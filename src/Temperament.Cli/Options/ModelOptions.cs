using System.CommandLine;
using System.Globalization;
using Temperament.Models;

namespace Temperament.Cli.Options;

/// <summary>The arguments and options by which commands name a model and its adapters.</summary>
internal static class ModelOptions
{
    /// <summary>The model.</summary>
    public static Argument<string> Model() => new("MODEL") { Description = "A Hugging Face folder, a .gguf file, OWNER/NAME in the hub cache, or \"organism\" for the embedded model." };

    /// <summary>Adapters, each a folder with an optional factor.</summary>
    public static Option<AdapterChoice[]> Adapters() => new("--adapter")
    {
        Description = "Folder of a LoRA adapter, with a factor if you like; may be given several times, and the effects add up.",
        HelpName = "DIR[:scale]",
        CustomParser = result =>
        {
            foreach (string fault in result.Tokens.Select(token => AdapterChoice.Complaint(token.Value)).OfType<string>())
            {
                result.AddError($"--adapter: {fault}");
            }

            return [.. result.Tokens.Select(token => AdapterChoice.Parse(token.Value))];
        },
        DefaultValueFactory = _ => [],
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>How the linear layers are stored.</summary>
    public static Option<BaseQuantization> Quantization() => new("--quantize")
    {
        Description = "Store the linear layers otherwise than the checkpoint does: nf4 in 4 bits, nf4-double with its scales quantised too, bf16 in 16, f32 widened in 32.",
        HelpName = "f32|bf16|nf4|nf4-double",
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
            BaseQuantization? quantization = BaseQuantizationNames.Parse(text);
            if (quantization is null)
            {
                result.AddError($"--quantize takes {string.Join(", ", BaseQuantizationNames.All)}; \"{text}\" was given.");
            }

            return quantization ?? BaseQuantization.None;
        },
    };

    /// <summary>Adapters that were made for another base or template are loaded all the same.</summary>
    public static Option<bool> AllowOtherBase() => new("--allow-other-base")
    {
        Description = "Load an adapter although its passport names another base, tokenizer or template.",
    };
}

/// <summary>An adapter as it is named on the command line.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Scale">Factor of its effect.</param>
internal sealed record AdapterChoice(string Folder, double Scale)
{
    /// <summary>Reads "DIR" or "DIR:scale"; a folder whose own name has a colon is a folder.</summary>
    public static AdapterChoice Parse(string text)
    {
        int colon = ColonOfScale(text);
        return colon > 0 && TryScale(text.AsSpan(colon + 1), out double scale) ? new AdapterChoice(text[..colon], scale) : new AdapterChoice(text, 1);
    }

    /// <summary>What is wrong with a scale; null for nothing.</summary>
    public static string? Complaint(string text)
    {
        int colon = ColonOfScale(text);
        return colon < 0 || TryScale(text.AsSpan(colon + 1), out _)
            ? null
            : $"\"{text[(colon + 1)..]}\" behind {text[..colon]} is no number. Give a factor as in {text[..colon]}:0.5, or the folder alone.";
    }

    private static int ColonOfScale(string text)
    {
        int colon = text.LastIndexOf(':');
        bool isPath = colon < 1 || text.AsSpan(colon).IndexOfAny('/', '\\') >= 0 || Path.Exists(text);
        return isPath ? -1 : colon;
    }

    private static bool TryScale(ReadOnlySpan<char> text, out double scale) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out scale) && double.IsFinite(scale);
}
