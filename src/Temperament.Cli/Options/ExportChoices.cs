using System.CommandLine;
using Temperament.Cli.Hosting;
using Temperament.Models.Checkpoints;

namespace Temperament.Cli.Options;

/// <summary>The options that say in which format a model is written, and where.</summary>
internal sealed class ExportChoices
{
    private readonly Option<string> _format = new("--format", "--to")
    {
        Description = "safetensors (a Hugging Face folder) or gguf (one file).",
        HelpName = "gguf|safetensors",
        Required = true,
    };

    private readonly Option<string?> _type = new("--type")
    {
        Description = "How the weights are stored: f32, f16, bf16, or q8_0 in a GGUF file; bf16 unless given.",
        HelpName = "f32|f16|bf16|q8_0",
    };

    private readonly Option<string> _out = new("--out") { Description = "The folder or the .gguf file to write; it must not exist yet.", HelpName = "PATH", Required = true };

    public ExportChoices()
    {
        _format.AcceptOnlyFromAmong("gguf", "safetensors");
        _type.AcceptOnlyFromAmong("f32", "f16", "bf16", "q8_0");
    }

    /// <summary>All of them, for a command.</summary>
    public Symbol[] Symbols => [_format, _type, _out];

    /// <summary>What was chosen.</summary>
    /// <exception cref="UsageException">The choices do not go together.</exception>
    public ExportTarget Of(ParseResult arguments)
    {
        bool gguf = arguments.GetRequiredValue(_format) == "gguf";
        StoredAs stored = arguments.GetValue(_type) switch { "f32" => StoredAs.F32, "f16" => StoredAs.F16, "q8_0" => StoredAs.Q80, _ => StoredAs.Bf16 };
        string path = Fresh(arguments.GetRequiredValue(_out));
        if (stored == StoredAs.Q80 && !gguf)
        {
            throw new UsageException("--type q8_0 is a type of GGUF files. Give --format gguf, or --type bf16.");
        }

        return new ExportTarget(path, gguf, stored);
    }

    /// <summary>The full path of an output that does not exist yet.</summary>
    /// <param name="given">What was given.</param>
    /// <exception cref="UsageException">It exists.</exception>
    public static string Fresh(string given)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(given));
        if (File.Exists(path) || Directory.Exists(path))
        {
            throw new UsageException($"--out {path} exists already. Give another path, or remove it.");
        }

        for (string? above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
        {
            if (File.Exists(above))
            {
                throw new UsageException($"--out {path}: {above} is a file, so nothing can lie in it. Give a path below a folder.");
            }
        }

        return path;
    }
}

/// <summary>Where a model is written, and how.</summary>
/// <param name="Path">Full path of the folder or the file.</param>
/// <param name="IsGguf">A GGUF file, or else a folder.</param>
/// <param name="Stored">How the weights are stored.</param>
internal sealed record ExportTarget(string Path, bool IsGguf, StoredAs Stored)
{
    /// <summary>The type in the words of the command line.</summary>
    public string TypeName => Stored switch { StoredAs.F32 => "f32", StoredAs.F16 => "f16", StoredAs.Q80 => "q8_0", _ => "bf16" };

    /// <summary>The same place under a temporary name beside it.</summary>
    public string Temporary => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!,
        $".{System.IO.Path.GetFileName(Path)}.{Environment.ProcessId}.partial{(IsGguf ? ".gguf" : "")}");
}
