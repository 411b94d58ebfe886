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
            WriteList(json, "exclude_modules", config.ExcludeModules.Count == 0 ? null : config.ExcludeModules);
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
        string type = root.TryGetProperty("peft_type", out JsonElement kind) ? kind.GetString() ?? "null" : "nothing";
        if (type != "LORA")
        {
            throw new AdapterException(path, $"peft_type {type}", "LORA", "Only low-rank adapters are computed here.");
        }

        foreach (string field in Refused)
        {
            if (root.TryGetProperty(field, out JsonElement value) && !IsOff(value))
            {
                throw new AdapterException(path, $"{field} = {Short(value)}", "an adapter without it",
                    "Its numbers would not be computed, so the adapter is refused rather than run wrongly.");
            }
        }

        foreach (JsonProperty field in root.EnumerateObject().Where(field => !Known.Contains(field.Name) && !IsOff(field.Value)))
        {
            notes.Add($"{path}: the field {field.Name} = {Short(field.Value)} is not known here and was ignored");
        }

        if (!root.TryGetProperty("target_modules", out JsonElement targets) || targets.ValueKind is JsonValueKind.Null)
        {
            throw new AdapterException(path, "no target_modules", "a list of modules or a pattern", "Write the modules that were trained.");
        }

        bool isPattern = targets.ValueKind == JsonValueKind.String;
        return new LoraConfig
        {
            Rank = root.TryGetProperty("r", out JsonElement r) ? r.GetInt32() : 8,
            Alpha = root.TryGetProperty("lora_alpha", out JsonElement alpha) ? alpha.GetDouble() : 8,
            Dropout = root.TryGetProperty("lora_dropout", out JsonElement dropout) ? dropout.GetDouble() : 0,
            RankStabilized = root.TryGetProperty("use_rslora", out JsonElement stable) && stable.ValueKind == JsonValueKind.True,
            TargetModules = isPattern ? [] : Strings(targets),
            TargetPattern = isPattern ? targets.GetString() : null,
            ExcludeModules = root.TryGetProperty("exclude_modules", out JsonElement exclude) && exclude.ValueKind == JsonValueKind.Array
                ? Strings(exclude) : [],
            LayersToTransform = root.TryGetProperty("layers_to_transform", out JsonElement layers) ? Layers(layers) : null,
            LayersPattern = root.TryGetProperty("layers_pattern", out JsonElement lists) ? OneOrMore(lists) : [],
            ModulesToSave = root.TryGetProperty("modules_to_save", out JsonElement saved) ? OneOrMore(saved) : [],
            Bias = ReadBias(path, root),
            Decomposed = root.TryGetProperty("use_dora", out JsonElement decomposed) && decomposed.ValueKind == JsonValueKind.True,
            Task = root.TryGetProperty("task_type", out JsonElement task) && task.ValueEquals(Classification) ? AdapterTask.Classification : AdapterTask.Language,
            RankPattern = Pattern(root, "rank_pattern", v => v.GetInt32()),
            AlphaPattern = Pattern(root, "alpha_pattern", v => v.GetDouble()),
            BaseModel = root.TryGetProperty("base_model_name_or_path", out JsonElement model) ? model.GetString() : null,
        };
    }

    private static BiasTraining ReadBias(string path, JsonElement root) =>
        (root.TryGetProperty("bias", out JsonElement bias) ? bias.GetString() : null) switch
        {
            null or "none" => BiasTraining.None,
            "all" => BiasTraining.All,
            "lora_only" => BiasTraining.Targets,
            string other => throw new AdapterException(path, $"bias = {other}", "none, all or lora_only", "The file is of another version."),
        };

    private static bool IsOff(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static string Short(JsonElement value)
    {
        string text = string.Join(' ', value.GetRawText().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString() ?? string.Empty)];

    private static string[] OneOrMore(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => Strings(value),
        _ => [],
    };

    private static int[]? Layers(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => [value.GetInt32()],
        JsonValueKind.Array => [.. value.EnumerateArray().Select(e => e.GetInt32())],
        _ => null,
    };

    private static List<KeyValuePair<string, T>> Pattern<T>(JsonElement root, string name, Func<JsonElement, T> read)
    {
        var pairs = new List<KeyValuePair<string, T>>();
        if (root.TryGetProperty(name, out JsonElement pattern) && pattern.ValueKind == JsonValueKind.Object)
        {
            pairs.AddRange(pattern.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, read(p.Value))));
        }

        return pairs;
    }

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
