using System.Globalization;
using System.Text.Json;
using Temperament.Methods.Adapters;
using Temperament.Models.Documents;

namespace Temperament.Methods.Training;

/// <summary>Reads the shape of an adapter from a recipe.</summary>
internal static class RecipeLora
{
    public static LoraConfig Read(DocumentObject recipe, string baseModel)
    {
        DocumentObject lora = recipe.Object("lora", "recipe's \"lora\"", RecipeFields.Of("lora"));
        if (recipe.Has("startFrom") && RecipeFields.Of("lora").FirstOrDefault(lora.Has) is { } field)
        {
            throw lora.Fault(field, $"\"{field}\" is fixed by the adapter that \"startFrom\" names. Leave \"lora\" out.");
        }

        int rank = (int)lora.Integer("rank", 16, 1, 4096);
        IReadOnlyList<string> targets = lora.Strings("targets", [LoraConfig.AllLinear]);
        if (targets.Count == 0)
        {
            throw lora.Fault("targets", "\"targets\" is an empty list. Name modules, or leave it out.");
        }

        if (lora.Has("targets") && lora.Has("targetPattern"))
        {
            throw lora.Fault("targetPattern", "\"targets\" and \"targetPattern\" both name the modules. Leave one of them out.");
        }

        if (lora.Has("targetPattern") && ModulePattern.Complaint(lora.String("targetPattern", "")) is { } fault)
        {
            throw lora.Fault("targetPattern", $"\"targetPattern\" is a regular expression of module paths; read one with {fault}.");
        }

        return new LoraConfig
        {
            Rank = rank,
            Alpha = lora.Real("alpha", rank, 1e-6, 1e6),
            Dropout = lora.Real("dropout", 0, 0, 0.99),
            TargetModules = lora.Has("targetPattern") ? [] : targets,
            TargetPattern = lora.Has("targetPattern") ? lora.Require("targetPattern", "a regular expression of module paths") : null,
            ExcludeModules = lora.Strings("exclude", []),
            LayersToTransform = lora.Has("layers") ? [.. lora.Integers("layers", [], 0, 100_000).Select(layer => (int)layer)] : null,
            RankPattern = [.. Pairs(lora, "rankPattern", 1, 4096).Select(pair => KeyValuePair.Create(pair.Key, (int)pair.Value))],
            AlphaPattern = Pairs(lora, "alphaPattern", 1e-6, 1e6),
            RankStabilized = lora.Flag("rankStabilized", false),
            ModulesToSave = lora.Strings("modulesToSave", []),
            Bias = lora.Word("bias", "none", "none", "all", "targets") switch
            {
                "all" => BiasTraining.All,
                "targets" => BiasTraining.Targets,
                _ => BiasTraining.None,
            },
            BaseModel = baseModel,
        };
    }

    private static List<KeyValuePair<string, double>> Pairs(DocumentObject lora, string name, double least, double most)
    {
        var pairs = new List<KeyValuePair<string, double>>();
        foreach (DocumentField field in lora.Fields(name))
        {
            bool whole = name == "rankPattern";
            if (field.Value.Kind != JsonTokenType.Number || !double.TryParse(field.Value.Text, CultureInfo.InvariantCulture, out double number)
                || number < least || number > most || (whole && number != Math.Floor(number)))
            {
                throw field.Value.Fault(string.Create(
                    CultureInfo.InvariantCulture, $"\"{name}\" gives {(whole ? "whole numbers" : "numbers")} from {least} to {most}; read {field.Value.KindName}."));
            }

            if (ModulePattern.Complaint(field.Name) is { } fault)
            {
                throw field.Value.Fault($"\"{name}\" names modules by regular expressions; read \"{field.Name}\", with {fault}.");
            }

            pairs.Add(KeyValuePair.Create(field.Name, number));
        }

        return pairs;
    }
}
