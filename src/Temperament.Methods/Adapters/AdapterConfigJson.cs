using System.Text.Json;
using Temperament.Models.Documents;

namespace Temperament.Methods.Adapters;

/// <summary>Reads and writes peft's <c>adapter_config.json</c>.</summary>
internal static class AdapterConfigJson
{
    public const string FileName = "adapter_config.json";

    private const string Classification = "SEQ_CLS";

    // Fields that change the numbers and that this engine does not compute: refused unless they say "off".
    private static readonly string[] Refused =
    [
        "lora_bias", "layer_replication", "target_parameters", "alora_invocation_tokens", "use_qalora", "use_bdlora",
        "trainable_token_indices", "arrow_config", "kasa_config", "velora_config",
    ];

    // Ways to begin that leave the base as it is.
    private static readonly string[] PlainStarts = ["gaussian", "eva", "orthogonal"];

    // Fields that are read, that only say how the adapter was made, or that name their default in the files that peft writes.
    private static readonly HashSet<string> Known =
    [
        .. Refused, "alpha_pattern", "auto_mapping", "base_model_name_or_path", "bias", "corda_config", "enable_lora", "ensure_weight_tying",
        "eva_config", "exclude_modules", "fan_in_fan_out", "inference_mode", "init_lora_weights", "layers_pattern", "layers_to_transform",
        "loftq_config", "lora_alpha", "lora_dropout", "lora_ga_config", "megatron_config", "megatron_core", "merge_weights", "modules_to_save",
        "peft_type", "peft_version", "qalora_group_size", "r", "rank_pattern", "revision", "runtime_config", "target_modules", "task_type",
        "use_dora", "use_rslora",
    ];

    /// <summary>Reads the text of a configuration.</summary>
    /// <param name="path">File, for messages.</param>
    /// <param name="json">UTF-8 text.</param>
    /// <exception cref="AdapterException">The text is no configuration of a LoRA adapter that this engine computes.</exception>
    /// <param name="notes">Receives what is worth saying about the file, such as a field that is not known.</param>
    public static LoraConfig Read(string path, ReadOnlyMemory<byte> json, ICollection<string> notes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new AdapterException(path, $"a JSON {root.ValueKind}", "an object", "Take the file that peft wrote.");
            }

            return Read(path, root, notes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new AdapterException(path, "text that is no adapter configuration", "peft's adapter_config.json",
                $"The file may be cut off or of another kind: {JsonFault.Describe(e)}.", e);
        }
    }

    /// <summary>Writes a configuration as peft does.</summary>
    /// <param name="config">Shape of the branches.</param>
    public static byte[] Write(LoraConfig config)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartObject("alpha_pattern");
            foreach ((string pattern, double alpha) in config.AlphaPattern)
            {
                json.WriteNumber(pattern, alpha);
            }

            json.WriteEndObject();
            json.WriteString("base_model_name_or_path", config.BaseModel);
            json.WriteString("bias", config.Bias switch { BiasTraining.All => "all", BiasTraining.Targets => "lora_only", _ => "none" });
            if (config.ExcludePattern is not null)
            {
                json.WriteString("exclude_modules", config.ExcludePattern);
            }
            else
            {
                WriteList(json, "exclude_modules", config.ExcludeModules.Count == 0 ? null : config.ExcludeModules);
            }

            json.WriteBoolean("fan_in_fan_out", false);
            json.WriteBoolean("inference_mode", true);
            json.WriteBoolean("init_lora_weights", true);
            WriteList(json, "layers_pattern", config.LayersPattern.Count == 0 ? null : config.LayersPattern);
            if (config.LayersToTransform is { } layers)
            {
                json.WriteStartArray("layers_to_transform");
                foreach (int layer in layers)
                {
                    json.WriteNumberValue(layer);
                }

                json.WriteEndArray();
            }
            else
            {
                json.WriteNull("layers_to_transform");
            }

            json.WriteNumber("lora_alpha", config.Alpha);
            json.WriteNumber("lora_dropout", config.Dropout);
            WriteList(json, "modules_to_save", config.ModulesToSave.Count == 0 ? null : config.ModulesToSave);
            json.WriteString("peft_type", "LORA");
            json.WriteNumber("r", config.Rank);
            json.WriteStartObject("rank_pattern");
            foreach ((string pattern, int rank) in config.RankPattern)
            {
                json.WriteNumber(pattern, rank);
            }

            json.WriteEndObject();
            json.WriteNull("revision");
            if (config.TargetPattern is not null || config.TargetModules is [LoraConfig.AllLinear])
            {
                json.WriteString("target_modules", config.TargetPattern ?? LoraConfig.AllLinear);
            }
            else
            {
                WriteList(json, "target_modules", config.TargetModules);
            }

            json.WriteString("task_type", config.Task == AdapterTask.Classification ? Classification : "CAUSAL_LM");
            json.WriteBoolean("use_dora", config.Decomposed);
            json.WriteBoolean("use_rslora", config.RankStabilized);
            json.WriteEndObject();
        }

        return [.. stream.ToArray(), (byte)'\n'];
    }

    private static LoraConfig Read(string path, JsonElement root, ICollection<string> notes)
    {
        string type = new AdapterFields(path, root).Text("peft_type") ?? "nothing";
        if (type != "LORA")
        {
            throw new AdapterException(path, $"peft_type {type}", "LORA", "Only low-rank adapters are computed here.");
        }

        foreach (string field in Refused)
        {
            if (root.TryGetProperty(field, out JsonElement value) && !IsOff(value))
            {
                throw new AdapterException(path, $"{field} = {AdapterFields.Short(value.GetRawText())}", "an adapter without it",
                    "Its numbers would not be computed, so the adapter is refused rather than run wrongly.");
            }
        }

        foreach (JsonProperty field in root.EnumerateObject().Where(field => !Known.Contains(field.Name) && !IsOff(field.Value)))
        {
            notes.Add($"{path}: the field {field.Name} = {AdapterFields.Short(field.Value.GetRawText())} is not known here and was ignored");
        }

        RequirePlainStart(path, root);
        var fields = new AdapterFields(path, root);
        if (fields.Find("target_modules") is not { } targets)
        {
            throw new AdapterException(path, "no target_modules", "a list of modules or a pattern", "Write the modules that were trained.");
        }

        bool isPattern = targets.ValueKind == JsonValueKind.String, excludesPattern = fields.Find("exclude_modules") is { ValueKind: JsonValueKind.String };
        var config = new LoraConfig
        {
            Rank = fields.Int("r", 8),
            Alpha = fields.Real("lora_alpha", 8),
            Dropout = fields.Real("lora_dropout", 0),
            RankStabilized = fields.Flag("use_rslora"),
            TargetModules = isPattern ? [] : fields.Texts("target_modules"),
            TargetPattern = isPattern ? targets.GetString() : null,
            ExcludeModules = excludesPattern ? [] : fields.Texts("exclude_modules"),
            ExcludePattern = excludesPattern ? fields.Text("exclude_modules") : null,
            LayersToTransform = fields.Ints("layers_to_transform"),
            LayersPattern = fields.Texts("layers_pattern"),
            ModulesToSave = fields.Texts("modules_to_save"),
            Bias = ReadBias(path, fields.Text("bias")),
            Decomposed = fields.Flag("use_dora"),
            Task = fields.Text("task_type") == Classification ? AdapterTask.Classification : AdapterTask.Language,
            RankPattern = fields.Patterns("rank_pattern", (read, value) => read.Int("rank_pattern", value)),
            AlphaPattern = fields.Patterns("alpha_pattern", (read, value) => read.Real("alpha_pattern", value)),
            BaseModel = fields.Text("base_model_name_or_path"),
        };
        foreach (string pattern in new[] { config.TargetPattern, config.ExcludePattern }.OfType<string>())
        {
            fields.RequirePattern(pattern == config.TargetPattern ? "target_modules" : "exclude_modules", pattern);
        }

        return config;
    }

    // These ways to begin change the weights of the base too; without that change the branches give other numbers.
    private static void RequirePlainStart(string path, JsonElement root)
    {
        if (root.TryGetProperty("init_lora_weights", out JsonElement start) && start.ValueKind == JsonValueKind.String
            && start.GetString() is { } name && !PlainStarts.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw new AdapterException(path, $"init_lora_weights = {name}", $"true, false, {string.Join(", ", PlainStarts)}",
                "Such an adapter belongs to a base whose weights it has changed. Save it from peft with path_initial_model_for_weight_conversion, which makes a plain one.");
        }
    }

    private static BiasTraining ReadBias(string path, string? bias) => bias switch
    {
        null or "none" => BiasTraining.None,
        "all" => BiasTraining.All,
        "lora_only" => BiasTraining.Targets,
        _ => throw new AdapterException(path, $"bias = {bias}", "none, all or lora_only", "The file is of another version."),
    };

    private static bool IsOff(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string>? items)
    {
        if (items is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (string item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }
}
