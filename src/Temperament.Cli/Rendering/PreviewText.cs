using Temperament.Cli.Hosting;
using Temperament.Methods.Training;

namespace Temperament.Cli.Rendering;

/// <summary>What a run is about to do, for the eyes: the trained part of each sample is marked.</summary>
internal static class PreviewText
{
    /// <summary>Writes it as log lines.</summary>
    public static void Print(CommandRun run, TrainingRun training, Recipe recipe, TrainingData data)
    {
        TrainingPreview preview = training.Preview;
        foreach (string note in training.Notes)
        {
            run.Log(note);
        }

        string what = data.Given is null ? $"{data.Samples.Count} samples{(data.Validation.Count > 0 ? $" and {data.Validation.Count} for validation" : "")}"
            : $"{data.Given.Steps} given batches";
        run.Log($"{what}, {training.Steps} steps, {training.Modules} modules are trained. Trained text stands between « and ».");
        foreach (IReadOnlyList<PreviewPiece> sample in preview.Samples)
        {
            run.Log("  | " + string.Concat(sample.Select(piece => piece.IsTrained ? $"«{piece.Text}»" : piece.Text)).Replace("\n", "\n  | ", StringComparison.Ordinal));
        }

        if (data.Given is null)
        {
            run.Log($"stop token    {(recipe.TrainsStopToken ? $"trained in {Figures.Percent(preview.StopShare)} of the samples"
                : "masked, as the recipe says: answers may not learn to end")}");
        }

        run.Log($"trained       {Figures.Percent(preview.TargetShare)} of the tokens");
        run.Log($"initial loss  {Figures.Fixed(preview.InitialLoss, 3)}; a model that knows nothing has {Figures.Fixed(preview.UniformLoss, 3)}"
            + (preview.InitialLoss > preview.UniformLoss ? " - the samples may not be in the model's format" : ""));
        run.Log($"memory        about {Figures.Bytes(preview.Memory.Total)}: weights {Figures.Bytes(preview.Memory.Weights)}, trained "
            + $"{Figures.Bytes(preview.Memory.Trained)}, activations {Figures.Bytes(preview.Memory.Activations)}, the program itself {Figures.Bytes(preview.Memory.Besides)}");
        run.Log("checkpointing " + (preview.Checkpoints ? "on: blocks are computed again in the backward pass"
            : $"off: activations are kept{(recipe.ChoosesCheckpointing ? ", since a quarter of the free memory is enough" : "")}"));
        run.Log($"disk          up to {Figures.Bytes(preview.DiskBytes)} in {recipe.Out}");
        run.Log($"export        {(preview.NoExport is { } reason ? $"no GGUF adapter: {reason}" : "PEFT folder; as a GGUF adapter too")}"
            + (preview.LargestRank > 16 ? $"; servers that limit the rank need --max-lora-rank {preview.LargestRank}" : ""));
        run.Log($"time          about {Figures.Time(training.EstimateSeconds())}");
    }
}
