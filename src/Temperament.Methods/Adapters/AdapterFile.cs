using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Adapters;

/// <summary>
/// Reads and writes adapters as peft does: a folder of <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. Loading is strict:
/// every tensor of the file binds to a module, and every module that the configuration names is bound.
/// </summary>
public static class AdapterFile
{
    private const string WeightsName = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";

    /// <summary>Writes an adapter.</summary>
    /// <param name="folder">Folder; made if it is not there.</param>
    /// <param name="adapter">The adapter.</param>
    public static void Save(string folder, LoraAdapter adapter)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(adapter);
        Directory.CreateDirectory(folder);
        IEnumerable<Parameter> branches = adapter.Branches.SelectMany(b => new[] { b.Branch.A, b.Branch.B });
        HashSet<string> targets = [.. adapter.Branches.Select(b => b.Path)];
        IEnumerable<Parameter> whole = adapter.Folded.Count > 0
            ? adapter.Folded
            : adapter.Replacements.Select(r => new Parameter(FileName(r.Target, targets), r.Numbers));
        SafetensorsTensor[] tensors = [.. branches.Concat(whole)
            .OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => SafetensorsTensor.F32(p.Name, IsVector(p) ? [p.Value.Columns] : [p.Value.Rows, p.Value.Columns], p.Value.Span))];
        SafetensorsWriter.Write(Path.Combine(folder, WeightsName), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.Write(Path.Combine(folder, AdapterConfigJson.FileName), AdapterConfigJson.Write(adapter.Config));
    }

    /// <summary>Reads an adapter for a network, without attaching it.</summary>
    /// <param name="folder">Folder that peft, or <see cref="Save"/>, wrote; or a GGUF file of an adapter.</param>
    /// <param name="network">Network that it is for, with no adapter on it that replaces whole modules.</param>
    /// <exception cref="AdapterException">A file is missing, a tensor does not bind, or a number is not finite.</exception>
    public static LoraAdapter Load(string folder, DecoderNetwork network)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(network);
        return File.Exists(folder) ? GgufAdapterFile.Load(folder, network) : Load(folder, network.Weights, network);
    }

    /// <summary>Reads an adapter for weights, without attaching it.</summary>
    /// <param name="folder">Folder that peft, or <see cref="Save"/>, wrote.</param>
    /// <param name="weights">Weights that it is for, with no adapter on them that replaces whole modules.</param>
    /// <exception cref="AdapterException">A file is missing, a tensor does not bind, or a number is not finite.</exception>
    public static LoraAdapter Load(string folder, IAdapterBase weights)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(weights);
        return Load(folder, weights, network: null);
    }

    private static LoraAdapter Load(string folder, IAdapterBase weights, DecoderNetwork? network)
    {
        (string configPath, string weightsPath) = Find(folder);
        var notes = new List<string>();
        LoraConfig config = AdapterConfigJson.Read(configPath, InputFile.ReadAll(configPath, 1 << 24), notes);
        using SafetensorsFile file = SafetensorsFile.Open(weightsPath);
        var tensors = new AdapterTensors(file, weightsPath);
        bool folds = network is not null && AdapterFold.Any(network, config);
        if (config.Decomposed && !folds)
        {
            throw new AdapterException(folder, "weights split into size and direction (DoRA) of an encoder", "plain low-rank branches",
                "Such adapters are read for decoders only.");
        }

        LoraAdapter adapter = LoraAdapter.Build(weights, config, (path, rank, linear) => (
            tensors.Read($"{Prefix}{path}.lora_A.weight", rank, linear.Weight.Inputs),
            tensors.Read($"{Prefix}{path}.lora_B.weight", linear.Weight.Outputs, rank)), allowNone: folds, notes);
        if (folds)
        {
            AdapterFold.Bind(network!, adapter, tensors);
        }

        BindWhole(weights, adapter, tensors);
        tensors.RequireAllBound(adapter);
        return adapter;
    }

    private static (string Config, string Weights) Find(string folder)
    {
        string configPath = Path.Combine(folder, AdapterConfigJson.FileName), weightsPath = Path.Combine(folder, WeightsName);
        if (!File.Exists(configPath))
        {
            throw new AdapterException(folder, "a folder without adapter_config.json", "a folder that peft or temper wrote",
                "Give the folder of the adapter itself, not the one above it.");
        }

        if (!File.Exists(weightsPath))
        {
            bool pickled = File.Exists(Path.Combine(folder, "adapter_model.bin"));
            throw new AdapterException(folder, pickled ? "adapter_model.bin, a pickle" : "no adapter weights", WeightsName,
                pickled ? "Pickles can run code when read; save the adapter again as safetensors." : "The adapter was not saved completely.");
        }

        return (configPath, weightsPath);
    }

    private static void BindWhole(IAdapterBase weights, LoraAdapter adapter, AdapterTensors tensors)
    {
        foreach (Parameter whole in WholeParameters.Of(weights, adapter.Config))
        {
            string plain = Prefix + whole.Name;
            string layered = Prefix + WholeParameters.Module(whole) + ".base_layer.bias";
            adapter.Replace(whole, tensors.Read(tensors.Has(layered) ? layered : plain, whole.Value.Rows, whole.Value.Columns));
        }
    }

    // peft writes the bias of a layer with a branch as that of the layer below the branch.
    private static string FileName(Parameter parameter, HashSet<string> targets)
    {
        string module = WholeParameters.Module(parameter);
        return parameter.Name.EndsWith(".bias", StringComparison.Ordinal) && targets.Contains(module)
            ? $"{Prefix}{module}.base_layer.bias" : Prefix + parameter.Name;
    }

    private static bool IsVector(Parameter parameter) => parameter.Value.Rows == 1
        && (parameter.Name.EndsWith(".bias", StringComparison.Ordinal) || parameter.Name.EndsWith("norm.weight", StringComparison.Ordinal)
            || parameter.Name.EndsWith("_vector", StringComparison.Ordinal));
}
