using Temperament.Models.Checkpoints;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Adapters;

/// <summary>The tensors of an adapter file, each of which has to be taken exactly by what it is for.</summary>
internal sealed class AdapterTensors(SafetensorsFile file, string path)
{
    private const string Prefix = "base_model.model.";
    private readonly HashSet<string> _bound = [];

    /// <summary>Whether the file has a tensor.</summary>
    public bool Has(string name) => file.Tensors.ContainsKey(name);

    /// <summary>Reads a matrix, or a vector as one row, and marks it as bound.</summary>
    /// <exception cref="AdapterException">It is missing, of another shape, or not finite.</exception>
    public Tensor Read(string name, int rows, int columns)
    {
        if (!file.Tensors.TryGetValue(name, out SafetensorsEntry? entry))
        {
            throw new AdapterException(path, $"no tensor {name}", $"a ({rows}, {columns}) tensor for a module that the configuration names",
                Hint(name));
        }

        bool fits = entry.Shape is [var r, var c] ? r == rows && c == columns : entry.Shape is [var n] && rows == 1 && n == columns;
        if (!fits)
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

        _bound.Add(name);
        return tensor;
    }

    /// <summary>Refuses a file with a tensor that nothing took.</summary>
    /// <exception cref="AdapterException">There is one.</exception>
    public void RequireAllBound(LoraAdapter adapter)
    {
        string[] loose = [.. file.Tensors.Keys.Where(name => !_bound.Contains(name)).Order(StringComparer.Ordinal)];
        if (loose.Length > 0)
        {
            throw new AdapterException(path, $"{loose.Length} of {file.Tensors.Count} tensors that no module takes, {loose[0]} for one",
                $"only tensors of {adapter.Branches.Count} modules such as {Prefix}{(adapter.Branches.Count > 0 ? adapter.Branches[0].Path : "lm_head")}.lora_A.weight",
                "The adapter is of another model, or its names were changed; nothing was loaded.");
        }
    }

    private string Hint(string name)
    {
        string marked = name.Replace(".weight", ".default.weight", StringComparison.Ordinal);
        return Has(marked) ? $"The file has {marked}: its names hold the name of the adapter, as a raw state dictionary does. Save it with save_pretrained."
            : Has(name[Prefix.Length..]) ? $"The file has {name[Prefix.Length..]}: its names lack \"{Prefix}\". Save it with save_pretrained."
            : "The adapter is of another model, is incomplete, or its names were changed.";
    }
}
