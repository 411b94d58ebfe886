using Temperament.Cli.Options;
using Temperament.Methods.Adapters;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Encoders;
using Temperament.Studies.Organism;
using Temperament.Tensors.Threading;

namespace Temperament.Cli.Hosting;

/// <summary>Opens what the command line calls MODEL, with its adapters.</summary>
internal static class ModelOpening
{
    /// <summary>A checkpoint; its weights are not read yet.</summary>
    public static ModelSource Source(string model) => ModelCatalog.Open(model);

    /// <summary>The folder and the shape of an encoder; null where the model is none.</summary>
    public static (string Folder, EncoderConfig Config)? Encoder(string model)
    {
        string folder = ModelCatalog.Locate(model);
        return EncoderFolder.Find(folder) is { } config ? (folder, config) : null;
    }

    /// <summary>A model ready to run.</summary>
    /// <param name="model">MODEL.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="quantization">How the linear layers are stored.</param>
    /// <param name="adapters">Adapters that are put on.</param>
    /// <param name="allowOtherBase">Whether an adapter may be of another base.</param>
    /// <param name="say">Told what is worth knowing about an adapter, such as a field that is not known; null for nobody.</param>
    public static LanguageModel Load(
        string model, ComputePool pool, BaseQuantization quantization = BaseQuantization.None, IReadOnlyList<AdapterChoice>? adapters = null,
        bool allowOtherBase = false, Action<string>? say = null)
    {
        LanguageModel loaded = LanguageModel.Load(Source(model), pool, quantization);
        PutOn(loaded, adapters ?? [], allowOtherBase, say);
        return loaded;
    }

    /// <summary>Takes off what is on a model, and puts other adapters on.</summary>
    /// <returns>The adapter that is on it now; null for none.</returns>
    public static LoraAdapter? PutOn(LanguageModel model, IReadOnlyList<AdapterChoice> adapters, bool allowOtherBase, Action<string>? say = null)
    {
        LoraAdapter.Detach(model.Network);
        if (adapters.Count == 0)
        {
            return null;
        }

        ScaledAdapter[] parts = [.. adapters.Select(choice => new ScaledAdapter(Read(model, choice.Folder, allowOtherBase), choice.Scale))];
        foreach (string note in parts.SelectMany(part => part.Adapter.Notes))
        {
            say?.Invoke(note);
        }

        LoraAdapter whole = parts is [{ Scale: 1 }] ? parts[0].Adapter : AdapterMix.Combine(model.Network, parts);
        whole.Attach(model.Network);
        return whole;
    }

    private static LoraAdapter Read(LanguageModel model, string folder, bool allowOtherBase)
    {
        if (!allowOtherBase)
        {
            Passport.Check(folder, model);
        }

        return AdapterFile.Load(folder, model.Network);
    }
}
