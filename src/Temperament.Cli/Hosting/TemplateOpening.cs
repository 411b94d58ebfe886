using Temperament.Models.Checkpoints;
using Temperament.Models.Text;

namespace Temperament.Cli.Hosting;

/// <summary>Opens the chat template of what the command line calls MODEL, or a template file.</summary>
internal static class TemplateOpening
{
    private const string Extension = ".jinja";

    /// <summary>The template, and what it may use besides the messages.</summary>
    public static (ChatTemplate Template, ChatTemplateVariables? Variables) Open(string model)
    {
        if (model.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            return (ChatTemplate.Parse(TextFile.Read(model), model), null);
        }

        using ModelSource source = ModelOpening.Source(model);
        ChatTemplate template = source.Template ?? throw new CheckpointException(
            source.Path, "no chat template", "tokenizer_config.json with chat_template, or tokenizer.chat_template in a GGUF file",
            "Take the instruction-tuned version of the model, or give a .jinja file.");
        return (template, new ChatTemplateVariables { Strings = source.Tokenizer.NamedTokens });
    }
}
