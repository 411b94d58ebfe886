using Temperament.Models.Decoder;

namespace Temperament.Methods.Adapters;

/// <summary>Finds the parameters of a base that an adapter trains whole: those of <c>modules_to_save</c>, and biases.</summary>
internal static class WholeParameters
{
    private static readonly string[] ClassifierHeads = ["classifier", "score"];

    /// <summary>The parameters, in the order of the forward pass.</summary>
    /// <exception cref="AdapterException">A named module is not there, or cannot be trained apart from another.</exception>
    public static IReadOnlyList<Parameter> Of(IAdapterBase weights, LoraConfig config)
    {
        Parameter[] all = [.. weights.Parameters];
        foreach (string name in config.ModulesToSave)
        {
            if (!all.Any(p => IsIn(p, name)) && !IsOtherHead(name))
            {
                bool tied = name == "lm_head" && weights is DecoderWeights decoder && ReferenceEquals(decoder.Head, decoder.Embedding);
                throw new AdapterException(config.BaseModel ?? "adapter", $"{name} among the modules that are trained whole",
                    $"some of {string.Join(", ", all.Select(Module).Where(m => !m.Contains(".layers.", StringComparison.Ordinal)).Distinct())}",
                    tied ? "The output layer of this model is its embedding table; name embed_tokens."
                        : "No module of float32 numbers has this name; layers in 4 bits cannot be trained whole.");
            }
        }

        return [.. all.Where(p => config.Saves(Module(p)) || IsTrainedBias(weights, config, p))];

        static bool IsIn(Parameter parameter, string name) => $".{Module(parameter)}.".Contains($".{name}.", StringComparison.Ordinal);

        // For classification peft names the head of every architecture; a model has one of them.
        bool IsOtherHead(string name) => config.Task == AdapterTask.Classification && ClassifierHeads.Contains(name)
            && ClassifierHeads.Any(head => config.ModulesToSave.Contains(head) && all.Any(p => IsIn(p, head)));
    }

    /// <summary>Path of the module that a parameter belongs to.</summary>
    public static string Module(Parameter parameter) => parameter.Name[..parameter.Name.LastIndexOf('.')];

    /// <summary>Whether a parameter is a bias that the adapter has numbers for.</summary>
    public static bool IsTrainedBias(IAdapterBase weights, LoraConfig config, Parameter parameter) =>
        parameter.Name.EndsWith(".bias", StringComparison.Ordinal) && config.Bias switch
        {
            BiasTraining.All => true,
            BiasTraining.Targets => weights.Linears.Any(l => l.Name == Module(parameter) && config.Targets(l.Name)),
            _ => false,
        };
}
