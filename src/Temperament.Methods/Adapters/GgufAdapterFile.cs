using System.Text.RegularExpressions;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Adapters;

/// <summary>
/// Reads and writes LoRA adapters in GGUF, as llama.cpp takes them: tensors NAME.lora_a (r, K) and NAME.lora_b (N, r), the key
/// adapter.lora.alpha, and a factor of alpha / r for each module. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
/// </summary>
public static class GgufAdapterFile
{
    private const string TypeKey = "general.type", KindKey = "adapter.type", AlphaKey = "adapter.lora.alpha";
    private const string EndOfA = ".lora_a", EndOfB = ".lora_b";

    /// <summary>Reads an adapter for a network, without attaching it. Every tensor of the file must bind.</summary>
    /// <param name="path">File.</param>
    /// <param name="network">Network that it is for.</param>
    /// <exception cref="AdapterException">The file holds something else, a tensor does not bind, or a number is not finite.</exception>
    /// <exception cref="Models.Checkpoints.CheckpointException">The file is damaged.</exception>
    public static LoraAdapter Load(string path, DecoderNetwork network)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(network);
        using GgufFile file = GgufFile.Open(path);
        double alpha = CheckKind(file, GgufLayout.ArchitectureOf(network.Config));
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = network.Weights.Linears.ToDictionary(l => GgufLayout.NameOf(network.Config, l.Name + ".weight"), l => l.Name, StringComparer.Ordinal);
        foreach (GgufTensor tensor in file.Tensors.Values)
        {
            string end = tensor.Name.EndsWith(EndOfA, StringComparison.Ordinal) ? EndOfA : EndOfB;
            string name = tensor.Name.EndsWith(end, StringComparison.Ordinal) ? tensor.Name[..^end.Length] : tensor.Name;
            if (name == tensor.Name || !names.TryGetValue(name, out string? module))
            {
                throw new AdapterException(path, $"tensor {tensor.Name}, which no linear layer of the model takes",
                    $"tensors such as {names.First().Key}{EndOfA}",
                    "The adapter is of another model, or trains embeddings or the output layer, which is not computed here; nothing was loaded.");
            }

            int rank = (int)Math.Min(int.MaxValue, end == EndOfA ? tensor.Rows : tensor.Columns);
            if (!ranks.TryAdd(module, rank) && ranks[module] != rank)
            {
                throw new AdapterException(path, $"{name} of rank {ranks[module]} on one side and {rank} on the other", "one rank", "The file is damaged.");
            }
        }

        return ranks.Count == 0
            ? throw new AdapterException(path, "no tensors", "lora_a and lora_b of some layers", "The file is incomplete.")
            : LoraAdapter.Build(network, Config(network, ranks, alpha, file), (module, rank, linear) => Read(file, network.Config, module, rank, linear));
    }

    /// <summary>Writes an adapter; numbers in float32.</summary>
    /// <param name="path">File; it is replaced at once when the whole of it is written.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="config">Shape of the decoder that it is for.</param>
    /// <exception cref="AdapterException">The factors of the adapter cannot be written in this format.</exception>
    public static void Save(string path, LoraAdapter adapter, DecoderConfig config)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(config);

        if (adapter.Replacements.Count > 0)
        {
            throw new AdapterException(path, $"{adapter.Replacements[0].Target.Name}, trained whole", "low-rank branches of linear layers alone",
                "The format has no place for whole modules. Train without modulesToSave to export the adapter.");
        }

        // The file has one alpha, and the factor is alpha / r. What differs from it is multiplied into B.
        LowRank first = adapter.Branches[0].Branch;
        float alpha = first.Scale * first.Rank;
        var writer = new GgufWriter();
        writer.Set("general.architecture", GgufLayout.ArchitectureOf(config));
        writer.Set(TypeKey, "adapter");
        writer.Set(KindKey, "lora");
        writer.Set(AlphaKey, alpha);
        foreach ((string module, LowRank branch) in adapter.Branches)
        {
            string weight = module + ".weight", name = GgufLayout.NameOf(config, weight);
            float factor = branch.Scale * branch.Rank / alpha;
            if (!float.IsFinite(factor))
            {
                throw new AdapterException(path, $"a factor of {branch.Scale} for {module} beside one of {first.Scale}", "factors other than 0",
                    "Leave the modules whose effect is switched off out of the adapter.");
            }

            Tensor b = GgufLayout.Reorder(config, weight, branch.B.Value, toFile: true);
            writer.Add(name + EndOfA, GgufType.F32, branch.A.Value);
            writer.Add(name + EndOfB, GgufType.F32, factor == 1 ? b : Scaled(b, factor));
        }

        writer.Write(path, null);
    }

    private static double CheckKind(GgufFile file, string expected)
    {
        string type = file.FindString(TypeKey) ?? "model", kind = file.FindString(KindKey) ?? "nothing";
        if (type != "adapter" || kind != "lora")
        {
            throw new AdapterException(file.Path, type == "adapter" ? $"an adapter of type {kind}" : $"a file of type {type}", "a LoRA adapter",
                type == "adapter" ? "Only low-rank adapters are computed here." : "Give this file as MODEL, and the adapter with --adapter.");
        }

        string architecture = file.GetString("general.architecture");
        if (architecture != expected)
        {
            throw new AdapterException(file.Path, $"an adapter for architecture {architecture}", expected, "The adapter is of another model.");
        }

        return file.GetNumber(AlphaKey) is var alpha && double.IsFinite(alpha)
            ? alpha
            : throw new AdapterException(file.Path, $"{AlphaKey} = {alpha}", "a finite number", "The file is damaged.");
    }

    private static LoraConfig Config(DecoderNetwork network, Dictionary<string, int> ranks, double alpha, GgufFile file)
    {
        int rank = ranks.Values.Max();
        string[] kinds = [.. ranks.Keys.Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal)];
        bool whole = network.Weights.Linears.Count(l => kinds.Contains(l.Name[(l.Name.LastIndexOf('.') + 1)..])) == ranks.Count;

        // An alpha of 0 stands for a factor of 1.
        KeyValuePair<string, double>[] alphas = alpha != 0 ? [] : [.. ranks.Select(r => KeyValuePair.Create(Regex.Escape(r.Key), (double)r.Value))];
        return new LoraConfig
        {
            Rank = rank,
            Alpha = alpha != 0 ? alpha : rank,
            TargetModules = whole ? kinds : [.. ranks.Keys],
            RankPattern = [.. ranks.Where(r => r.Value != rank).Select(r => KeyValuePair.Create(Regex.Escape(r.Key), r.Value))],
            AlphaPattern = rank == ranks.Values.Min() ? [] : alphas,
            BaseModel = file.FindString("general.basename"),
        };
    }

    private static (Tensor A, Tensor B) Read(GgufFile file, DecoderConfig config, string module, int rank, Linear linear)
    {
        string weight = module + ".weight", name = GgufLayout.NameOf(config, weight);
        Tensor a = Read(file, name + EndOfA, rank, linear.Weight.Inputs);
        return (a, GgufLayout.Reorder(config, weight, Read(file, name + EndOfB, linear.Weight.Outputs, rank), toFile: false));
    }

    private static Tensor Read(GgufFile file, string name, int rows, int columns)
    {
        if (!file.Tensors.TryGetValue(name, out GgufTensor? entry) || entry.Rows != rows || entry.Columns != columns)
        {
            throw new AdapterException(file.Path, entry is null ? $"no tensor {name}" : $"{name} of shape ({string.Join(", ", entry.Shape)})",
                $"({rows}, {columns})", "The adapter was made for a model of another shape, or it is incomplete.");
        }

        Tensor tensor = file.ReadTensor(name);
        return Elementwise.AllFinite(tensor)
            ? tensor
            : throw new AdapterException(file.Path, $"{name} with numbers that are not finite", "finite numbers", "The training run that wrote it had diverged.");
    }

    private static Tensor Scaled(Tensor source, float factor)
    {
        Tensor scaled = Tensor.Zeros(source.Rows, source.Columns);
        for (int row = 0; row < source.Rows; row++)
        {
            for (int column = 0; column < source.Columns; column++)
            {
                scaled[row, column] = source[row, column] * factor;
            }
        }

        return scaled;
    }
}
