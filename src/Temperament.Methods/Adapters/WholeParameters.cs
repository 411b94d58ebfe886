using Temperament.Models.Decoder;

namespace Temperament.Methods.Adapters;

/// <summary>Finds the parameters of a base that an adapter trains whole: those of <c>modules_to_save</c>, and biases.</summary>
internal static class WholeParameters
{
    /// <summary>The parameters, in the order of the forward pass.</summary>
    /// <exception cref="AdapterException">A named module is not there, or cannot be trained apart from another.</exception>
    public static IReadOnlyList<Parameter> Of(DecoderNetwork network, LoraConfig config)
    {
        Parameter[] all = [.. network.Weights.Parameters];
        foreach (string name in config.ModulesToSave)
        {
            if (!all.Any(p => $".{Module(p)}.".Contains($".{name}.", StringComparison.Ordinal)))
            {
                bool tied = name == "lm_head" && network.Config.TiedEmbeddings;
                throw new AdapterException(config.BaseModel ?? "adapter", $"{name} among the modules that are trained whole",
                    $"some of {string.Join(", ", all.Select(Module).Where(m => !m.Contains(".layers.", StringComparison.Ordinal)).Distinct())}",
                    tied ? "The output layer of this model is its embedding table; name embed_tokens."
                        : "No module of float32 numbers has this name; layers in 4 bits cannot be trained whole.");
            }
        }

        return [.. all.Where(p => config.Saves(Module(p)) || IsTrainedBias(network, config, p))];
    }

    /// <summary>Path of the module that a parameter belongs to.</summary>
    public static string Module(Parameter parameter) => parameter.Name[..parameter.Name.LastIndexOf('.')];

    /// <summary>Whether a parameter is a bias that the adapter has numbers for.</summary>
    public static bool IsTrainedBias(DecoderNetwork network, LoraConfig config, Parameter parameter) =>
        parameter.Name.EndsWith(".bias", StringComparison.Ordinal) && config.Bias switch
        {
            BiasTraining.All => true,
            BiasTraining.Targets => network.Weights.Linears.Any(l => l.Name == Module(parameter) && config.Targets(l.Name)),
            _ => false,
        };
}
