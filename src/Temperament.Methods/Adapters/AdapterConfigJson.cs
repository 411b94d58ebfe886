using System.Text.Json;

namespace Temperament.Methods.Adapters;

/// <summary>Reads and writes peft's <c>adapter_config.json</c>.</summary>
internal static class AdapterConfigJson
{
    public const string FileName = "adapter_config.json";

    // Fields that change the numbers and that this engine does not compute: refused unless they say "off".
    private static readonly string[] Refused =
    [
        "use_dora", "lora_bias", "layer_replication", "target_parameters", "alora_invocation_tokens", "use_qalora", "use_bdlora",
        "trainable_token_indices", "modules_to_save", "arrow_config", "kasa_config", "velora_config",
    ];

    /// <summary>Reads the text of a configuration.</summary>
    /// <param name="path">File, for messages.</param>
    /// <param name="json">UTF-8 text.</param>
    /// <exception cref="AdapterException">The text is no configuration of a LoRA adapter that this engine computes.</exception>
    public static LoraConfig Read(string path, ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new AdapterException(path, $"a JSON {root.ValueKind}", "an object", "Take the file that peft wrote.");
            }

            return Read(path, root);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new AdapterException(path, "text that is no adapter configuration", "peft's adapter_config.json",
                $"The file may be cut off or of another kind: {e.Message}", e);
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
            json.WriteString("bias", "none");
            WriteList(json, "exclude_modules", config.ExcludeModules.Count == 0 ? null : config.ExcludeModules);
            json.WriteBoolean("fan_in_fan_out", false);
            json.WriteBoolean("inference_mode", true);
            json.WriteBoolean("init_lora_weights", true);
            json.WriteNull("layers_pattern");
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
            json.WriteNull("modules_to_save");
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

            json.WriteString("task_type", "CAUSAL_LM");
            json.WriteBoolean("use_dora", false);
            json.WriteBoolean("use_rslora", config.RankStabilized);
            json.WriteEndObject();
        }

        return [.. stream.ToArray(), (byte)'\n'];
    }

    private static LoraConfig Read(string path, JsonElement root)
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

        if (root.TryGetProperty("bias", out JsonElement bias) && bias.GetString() is not (null or "none"))
        {
            throw new AdapterException(path, $"bias = {bias.GetString()}", "none", "Trained biases are not computed here.");
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
            RankPattern = Pattern(root, "rank_pattern", v => v.GetInt32()),
            AlphaPattern = Pattern(root, "alpha_pattern", v => v.GetDouble()),
            BaseModel = root.TryGetProperty("base_model_name_or_path", out JsonElement model) ? model.GetString() : null,
        };
    }

    private static bool IsOff(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static string Short(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetString() ?? string.Empty)];

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
