using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tensors.Kernels;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>What a run trains: an adapter that is put on a model, or all weights of it.</summary>
internal sealed class TrainingSubject : IDisposable
{
    private readonly LanguageModel _model;
    private readonly Dictionary<string, string> _start;

    private TrainingSubject(LanguageModel model, LoraAdapter? adapter)
    {
        _model = model;
        Adapter = adapter;
        adapter?.Attach(model.Network);
        Parameters = [.. adapter?.Parameters ?? model.Network.Weights.Parameters];
        _start = Parameters.ToDictionary(p => p.Name, p => HashOf(p.Value));
    }

    /// <summary>The adapter; null where all weights are trained.</summary>
    public LoraAdapter? Adapter { get; }

    /// <summary>What is trained.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Modules that are trained.</summary>
    public int Modules => Adapter is null ? _model.Network.Weights.Linears.Count() : Adapter.Branches.Count;

    /// <summary>Makes what a recipe asks for.</summary>
    public static TrainingSubject Of(LanguageModel model, Recipe recipe)
    {
        if (recipe.Train == TrainedWeights.Full)
        {
            if (model.Network.Weights.Linears.FirstOrDefault(l => l.Dense is null || model.StoredFormatOf(l.Name + ".weight") == WeightFormat.Nf4) is { } frozen)
            {
                throw new TrainingException($"{frozen.Name} is stored as {WeightFormat.Nf4}; expected float32, since all weights are trained. "
                    + "Take a base that is not quantised, or train an adapter.");
            }

            return Directory.Exists(model.Path)
                ? new TrainingSubject(model, null)
                : throw new TrainingException($"{model.Path} is no Hugging Face folder, and a model that is trained whole is written as one. "
                    + "Take the folder of the model, or train an adapter.");
        }

        LoraAdapter adapter = recipe.StartFrom is { } folder
            ? AdapterFile.Load(folder, model.Network)
            : LoraAdapter.Create(model.Network, recipe.Lora, recipe.Training.Seed);
        return adapter.Folded.Count == 0
            ? new TrainingSubject(model, adapter)
            : throw new AdapterException(recipe.StartFrom!, $"{adapter.Folded[0].Name}", "branches of linear layers of blocks, and whole modules",
                "Branches on embeddings or on the output layer, and weights split into size and direction, are read but not trained here.");
    }

    /// <summary>Refuses a run that left a module as it was.</summary>
    /// <exception cref="TrainingException">A module learned nothing.</exception>
    public void RequireChange(int steps)
    {
        foreach ((string path, LowRank branch) in Adapter?.Branches ?? [])
        {
            bool moved = HashOf(branch.A.Value) != _start[branch.A.Name] || HashOf(branch.B.Value) != _start[branch.B.Name];
            if (!moved || Elementwise.SumOfSquares(branch.B.Value) == 0 || Elementwise.SumOfSquares(branch.A.Value) == 0)
            {
                throw new TrainingException($"{path}: the branch adds nothing new after {steps} steps, so this module learned nothing. "
                    + "Check the learning rate and that the module has an effect.");
            }
        }

        if (Parameters.FirstOrDefault(p => !p.Name.Contains(".lora_", StringComparison.Ordinal) && HashOf(p.Value) == _start[p.Name]) is { } same)
        {
            throw new TrainingException($"{same.Name} has the same bits after {steps} steps, so it learned nothing. Check the learning rate.");
        }
    }

    /// <summary>Writes what was trained.</summary>
    public void Save(string folder)
    {
        if (Adapter is { } adapter)
        {
            AdapterFile.Save(folder, adapter);
            return;
        }

        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(_model.Path).Where(file => !IsWeights(file)))
        {
            AtomicFile.Write(Path.Combine(folder, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        SafetensorsTensor[] tensors = [.. Parameters.OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => SafetensorsTensor.F32(p.Name, p.Value, p.Value.Rows == 1 ? [p.Value.Columns] : null))];
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>Bytes that are written at the end.</summary>
    public long SavedBytes => Parameters.Sum(p => sizeof(float) * p.Value.Count);

    /// <inheritdoc/>
    public void Dispose() => Adapter?.Detach();

    private static bool IsWeights(string file) => file.EndsWith(".safetensors", StringComparison.Ordinal)
        || file.EndsWith(".safetensors.index.json", StringComparison.Ordinal) || file.EndsWith(".bin", StringComparison.Ordinal);

    private static string HashOf(Tensor tensor)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int r = 0; r < tensor.Rows; r++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(tensor.Row(r)));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
