namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>The keys of a shape, which begin with the name of the architecture.</summary>
/// <param name="File">File.</param>
/// <param name="Architecture">Its architecture.</param>
internal sealed record GgufShapeKeys(GgufFile File, GgufArchitecture Architecture)
{
    private const int Most = 1 << 26;

    /// <summary>Whether the file holds a tensor.</summary>
    public bool Holds(string tensor) => File.Tensors.ContainsKey(tensor);

    /// <summary>The whole key.</summary>
    public string Key(string name) => $"{Architecture.Name}.{name}";

    /// <summary>A whole number above 0.</summary>
    /// <param name="name">Key without the architecture.</param>
    /// <param name="otherwise">What a missing key means; null where it must be there.</param>
    public int Integer(string name, int? otherwise = null)
    {
        long value = otherwise is int other ? File.FindInteger(Key(name)) ?? other : File.GetInteger(Key(name));
        return value is > 0 and <= Most
            ? (int)value
            : throw Wrong($"{Key(name)} = {value}", $"a whole number from 1 to {Most}", "The metadata is damaged.");
    }

    /// <summary>A number above 0.</summary>
    public double Number(string name, double otherwise)
    {
        double value = File.FindNumber(Key(name)) ?? otherwise;
        return value > 0 && double.IsFinite(value) ? value : throw Wrong($"{Key(name)} = {value}", "a number above 0", "The metadata is damaged.");
    }

    /// <summary>A soft cap; 0 for none.</summary>
    public float Cap(string name, float otherwise)
    {
        double value = File.FindNumber(Key(name)) ?? otherwise;
        return value >= 0 && double.IsFinite(value) ? (float)value : throw Wrong($"{Key(name)} = {value}", "a number from 0", "The metadata is damaged.");
    }

    /// <summary>Factor of the scores, taken back to 1 / sqrt of a whole number where the float32 of the file is the rounding of one; null where the file does not say.</summary>
    public double? Scale()
    {
        if (File.FindNumber(Key("attention.scale")) is null or 0)
        {
            return null;
        }

        double scale = Number("attention.scale", 1), whole = 1 / Math.Sqrt(Math.Round(1 / (scale * scale)));
        return (float)whole == (float)scale ? whole : scale;
    }

    /// <summary>Windows by block; null where no block has one.</summary>
    public IReadOnlyList<int>? Windows(int layers)
    {
        long width = File.FindInteger(Key("attention.sliding_window")) ?? Architecture.Window;
        if (width is < 0 or > int.MaxValue)
        {
            throw Wrong($"{Key("attention.sliding_window")} = {width}", "a whole number from 0", "The metadata is damaged.");
        }

        bool[] slides = Pattern(Key("attention.sliding_window_pattern"), layers);
        return width > 0 && layers <= File.Tensors.Count && slides.Contains(true) ? [.. slides.Select(has => has ? (int)width : 0)] : null;
    }

    /// <summary>Rows of the embeddings.</summary>
    public int Embeddings() => File.Tensors.TryGetValue(GgufNames.Embedding, out GgufTensor? table)
        ? (int)Math.Min(table.Rows, int.MaxValue)
        : throw Wrong($"{File.Tensors.Count} tensors, none of them {GgufNames.Embedding}", "the embeddings of a model",
            "The file holds a vocabulary only, or a part of a model.");

    /// <summary>The error for what does not fit.</summary>
    public CheckpointException Wrong(string read, string expected, string hint) => new(File.Path, read, expected, hint);

    // A list says it for each block; a number n says that every n-th block has no window, 1 that none has, and 0 that all have.
    private bool[] Pattern(string key, int layers)
    {
        int count = Math.Min(layers, File.Tensors.Count);
        if (File.IsList(key))
        {
            int[] list = File.FindIntegers(key)!;
            return list.Length >= layers ? [.. list.Take(count).Select(has => has != 0)]
                : throw Wrong($"{key} of {list.Length}", $"{layers} values, one a block", "The metadata is damaged.");
        }

        return File.FindInteger(key) is long period
            ? [.. Enumerable.Range(0, count).Select(layer => period == 0 || layer % period < period - 1)]
            : [.. Enumerable.Range(0, count).Select(Architecture.Slides)];
    }
}
