using Temperament.Models.Decoder;

namespace Temperament.Models.Checkpoints.Families;

/// <summary>What the readers of <c>config.json</c> ask for.</summary>
/// <param name="Path">Name of the file, for errors.</param>
/// <param name="Root">The whole object.</param>
internal readonly record struct FamilyJson(string Path, CheckpointJson Root)
{
    private const string Unpacked = "Weights packed in another way are not read; take the model as it was before, and quantise it here.";

    /// <summary>The first name in "architectures"; "none" where there is none.</summary>
    public string Architecture => Root["architectures"].Items().FirstOrDefault() is { Exists: true } first ? first.String : "none";

    /// <summary>Rotary settings, in the newer spelling or the older one.</summary>
    public CheckpointJson Rope => Root["rope_parameters"] is { IsObject: true } newer ? newer : Root["rope_scaling"];

    /// <summary>A whole number above 0.</summary>
    /// <param name="name">Field.</param>
    /// <param name="otherwise">What a missing field means; null where it must be there.</param>
    public int Positive(string name, int? otherwise = null)
    {
        CheckpointJson value = Root[name];
        if (!value.Exists)
        {
            return otherwise ?? throw value.Wrong("a whole number above 0", "The configuration is incomplete.");
        }

        return value.Int is > 0 and int number ? number : throw value.Wrong("a whole number above 0", "The configuration is damaged.");
    }

    /// <summary>A whole number above 0, or null where null is written there.</summary>
    /// <param name="name">Field.</param>
    /// <param name="missing">What a field that is not there means.</param>
    public int? PositiveOrNull(string name, int? missing = null) => Root[name] is { Exists: false, IsNull: false } ? missing : Root[name].Exists ? Positive(name) : null;

    /// <summary>A number, or something else where there is none.</summary>
    public double Number(string name, double otherwise) => Root[name].DoubleOrNull ?? otherwise;

    /// <summary>Base of the rotary frequencies.</summary>
    public double Theta(double otherwise = 10000)
    {
        CheckpointJson value = Rope["rope_theta"].Exists ? Rope["rope_theta"] : Root["rope_theta"];
        return !value.Exists ? otherwise : value.Double is > 0 and var theta ? theta : throw value.Wrong("a number above 0", "The configuration is damaged.");
    }

    /// <summary>Refuses a field that does not have one of the values that are computed here; a missing field has the first.</summary>
    public void Require(string name, params string[] known)
    {
        CheckpointJson value = Root[name];
        if (value.Exists && !known.Contains(value.String))
        {
            throw value.Wrong(string.Join(" or ", known), "Another choice would give other numbers.");
        }
    }

    /// <summary>Refuses a switch that is on.</summary>
    public void RequireOff(string name)
    {
        if (Root[name].BoolOr(false))
        {
            throw Root[name].Wrong("false", "Models with this switch on are not computed here.");
        }
    }

    /// <summary>Refuses weights that are packed in a way that is not read.</summary>
    public void RequireKnownPacking()
    {
        CheckpointJson packing = Root["quantization_config"], method = packing["quant_method"], type = packing["bnb_4bit_quant_type"];
        if (packing.Exists && (method.StringOrNull ?? "bitsandbytes") != "bitsandbytes")
        {
            throw method.Wrong("bitsandbytes", Unpacked);
        }

        if (packing["load_in_8bit"].BoolOr(false))
        {
            throw packing["load_in_8bit"].Wrong("false", Unpacked);
        }

        if (packing["load_in_4bit"].BoolOr(false) && (type.StringOrNull ?? "fp4") != "nf4")
        {
            throw type.Wrong("nf4", Unpacked);
        }
    }

    /// <summary>Refuses a share of rotated channels that the family does not have.</summary>
    public void RequireWholeRotation()
    {
        CheckpointJson given = Rope["partial_rotary_factor"].Exists ? Rope["partial_rotary_factor"] : Root["partial_rotary_factor"];
        if (given.Exists && given.Double != 1)
        {
            throw given.Wrong("1", "Models of this family rotate all channels of a head.");
        }
    }

    /// <summary>Windows by block: those that "layer_types" calls sliding, else those that the family chooses.</summary>
    /// <param name="window">Width of the window; null for none.</param>
    /// <param name="layers">Number of blocks.</param>
    /// <param name="slides">Which blocks have the window where the file does not say.</param>
    public IReadOnlyList<int>? Windows(int? window, int layers, Func<int, bool> slides)
    {
        CheckpointJson[] types = [.. Root["layer_types"].Items()];
        if (types.Length > 0 && types.Length != layers)
        {
            throw Root["layer_types"].Wrong($"a list of {layers} kinds, one for each block", "The configuration is damaged.");
        }

        bool[] has = [.. Enumerable.Range(0, layers).Select(l => types.Length == 0 ? slides(l) : types[l].String switch
        {
            "sliding_attention" => true,
            "full_attention" => false,
            _ => throw types[l].Wrong("sliding_attention or full_attention", "Attention of this kind is not computed here."),
        })];
        return window is int width && has.Contains(true) ? [.. has.Select(sliding => sliding ? width : 0)] : null;
    }

    /// <summary>How rotary frequencies are stretched; null for not at all.</summary>
    /// <param name="rope">Settings.</param>
    /// <param name="maxPositions">Positions that the model was made for.</param>
    public RopeScaling? Scaling(CheckpointJson rope, int maxPositions)
    {
        string type = rope["rope_type"].StringOrNull ?? rope["type"].StringOrNull ?? "default";
        if (type == "default")
        {
            return null;
        }

        if (type is not ("linear" or "dynamic" or "yarn" or "llama3" or "longrope" or "su"))
        {
            throw rope.Wrong($"default, linear, dynamic, yarn, llama3 or longrope, and not {type}", "Positions would be wrong without it, so the model is refused.");
        }

        CheckpointJson first = rope["original_max_position_embeddings"];
        int original = first.Exists ? first.Int > 0 ? first.Int : throw first.Wrong("a whole number above 0") : Positive("original_max_position_embeddings", maxPositions);
        double factor = rope["factor"].DoubleOrNull
            ?? (type is "yarn" or "longrope" or "su" ? (double)maxPositions / original : throw rope["factor"].Wrong("a number", $"Scaling of the kind {type} needs it."));
        return new RopeScaling
        {
            Type = type == "su" ? "longrope" : type,
            Factor = factor > 0 ? factor : throw rope["factor"].Wrong("a number above 0"),
            OriginalMaxPositions = original,
            LowFrequencyFactor = rope["low_freq_factor"].DoubleOrNull ?? 1,
            HighFrequencyFactor = rope["high_freq_factor"].DoubleOrNull ?? 4,
            AttentionFactor = rope["attention_factor"].DoubleOrNull,
            BetaFast = rope["beta_fast"].DoubleOrNull,
            BetaSlow = rope["beta_slow"].DoubleOrNull,
            MScale = rope["mscale"].DoubleOrNull,
            MScaleAllDimensions = rope["mscale_all_dim"].DoubleOrNull,
            Truncate = rope["truncate"].BoolOr(true),
            ShortFactors = [.. rope["short_factor"].Items().Select(f => f.Double)],
            LongFactors = [.. rope["long_factor"].Items().Select(f => f.Double)],
        };
    }
}
