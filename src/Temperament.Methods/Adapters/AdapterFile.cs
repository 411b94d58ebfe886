using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
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
        SafetensorsTensor[] tensors = [.. adapter.Parameters
            .OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => SafetensorsTensor.F32(p.Name, [p.Value.Rows, p.Value.Columns], p.Value.Span))];
        SafetensorsWriter.Write(Path.Combine(folder, WeightsName), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.Write(Path.Combine(folder, AdapterConfigJson.FileName), AdapterConfigJson.Write(adapter.Config));
    }

    /// <summary>Reads an adapter for a network, without attaching it.</summary>
    /// <param name="folder">Folder that peft, or <see cref="Save"/>, wrote; or a GGUF file of an adapter.</param>
    /// <param name="network">Network that it is for.</param>
    /// <exception cref="AdapterException">A file is missing, a tensor does not bind, or a number is not finite.</exception>
    public static LoraAdapter Load(string folder, DecoderNetwork network)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(network);
        if (File.Exists(folder))
        {
            return GgufAdapterFile.Load(folder, network);
        }

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

        LoraConfig config = AdapterConfigJson.Read(configPath, File.ReadAllBytes(configPath));
        using SafetensorsFile file = SafetensorsFile.Open(weightsPath);
        var bound = new HashSet<string>(StringComparer.Ordinal);
        LoraAdapter adapter = LoraAdapter.Build(network, config, (path, rank, linear) => (
            Read(file, weightsPath, $"{Prefix}{path}.lora_A.weight", rank, linear.Weight.Inputs, bound),
            Read(file, weightsPath, $"{Prefix}{path}.lora_B.weight", linear.Weight.Outputs, rank, bound)));
        if (file.Tensors.Keys.FirstOrDefault(name => !bound.Contains(name)) is { } loose)
        {
            throw new AdapterException(weightsPath, $"tensor {loose}, which no module takes",
                $"only tensors of {adapter.Branches.Count} modules such as {Prefix}{adapter.Branches[0].Path}.lora_A.weight",
                "The adapter is of another model, or its names were changed; nothing was loaded.");
        }

        return adapter;
    }

    private static Tensor Read(SafetensorsFile file, string path, string name, int rows, int columns, HashSet<string> bound)
    {
        if (!file.Tensors.TryGetValue(name, out SafetensorsEntry? entry))
        {
            throw new AdapterException(path, $"no tensor {name}", $"a ({rows}, {columns}) tensor for a module that the configuration names",
                "The adapter is of another model, is incomplete, or its names were changed.");
        }

        if (entry.Shape is not [var r, var c] || r != rows || c != columns)
        {
            throw new AdapterException(path, $"{name} of shape ({string.Join(", ", entry.Shape)})", $"({rows}, {columns})",
                "The adapter was made for a model of another shape, or its configuration names another rank.");
        }

        Tensor tensor = file.ReadTensor(name);
        if (!Elementwise.AllFinite(tensor))
        {
            throw new AdapterException(path, $"{name} with numbers that are not finite", "finite numbers",
                "The training run that wrote it had diverged.");
        }

        bound.Add(name);
        return tensor;
    }
}
