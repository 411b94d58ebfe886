using Temperament.Cli.Hosting;
using Temperament.Methods.Training;

namespace Temperament.Cli.Rendering;

/// <summary>What a run is about to do, for the eyes: the trained part of each sample is marked.</summary>
internal static class PreviewText
{
    private const double EnoughStops = 0.99;

    /// <summary>Writes it as log lines.</summary>
    public static void Print(CommandRun run, AdapterRun training, Recipe recipe, int opinions)
    {
        TrainingPreview preview = training.Preview;
        run.Log($"{opinions} samples, {training.Steps} steps, {training.Modules} modules get a branch. Trained text stands between « and ».");
        foreach (IReadOnlyList<PreviewPiece> sample in preview.Samples)
        {
            run.Log("  | " + string.Concat(sample.Select(piece => piece.IsTrained ? $"«{piece.Text}»" : piece.Text)).Replace("\n", "\n  | ", StringComparison.Ordinal));
        }

        run.Log($"stop token    {(recipe.TrainsStopToken ? Stops(preview.StopShare) : "masked, as the recipe says: answers may not learn to end")}");
        run.Log($"trained       {Figures.Percent(preview.TargetShare)} of the tokens");
        run.Log($"initial loss  {Figures.Fixed(preview.InitialLoss, 3)}; a model that knows nothing has {Figures.Fixed(preview.UniformLoss, 3)}"
            + (preview.InitialLoss > preview.UniformLoss ? " - the samples may not be in the model's format" : ""));
        run.Log($"memory        about {Figures.Bytes(preview.Memory.Total)}: weights {Figures.Bytes(preview.Memory.Weights)}, trained "
            + $"{Figures.Bytes(preview.Memory.Trained)}, activations {Figures.Bytes(preview.Memory.Activations)}");
    }

    private static string Stops(double share) => $"trained in {Figures.Percent(share)} of the samples"
        + (share < EnoughStops ? " - in some it was not found: check the chat template" : "");
}
