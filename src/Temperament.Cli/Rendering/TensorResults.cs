using System.Globalization;
using Temperament.Cli.Hosting;
using Temperament.Cli.Options;
using Temperament.Models.Checkpoints;

namespace Temperament.Cli.Rendering;

/// <summary>A tensor that a command computed.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Values">Numbers, row by row.</param>
internal sealed record TensorResult(string Name, long[] Shape, float[] Values);

/// <summary>Writes tensors to a file and compares them with those of another.</summary>
internal static class TensorResults
{
    // A tensor this much smaller than the largest one of its reference is 0 but for rounding, as the gradient of a bias that softmax does not see.
    private const double Nothing = 1e-12;

    /// <summary>Does what the options ask for, and prints a line for each tensor.</summary>
    /// <param name="run">The run.</param>
    /// <param name="choices">The options.</param>
    /// <param name="tensors">What was computed.</param>
    /// <param name="mayLack">Whether tensors that the reference does not have are passed over; a reference that has none of them never is.</param>
    public static void Deliver(CommandRun run, PassChoices choices, IReadOnlyList<TensorResult> tensors, bool mayLack = false)
    {
        if (choices.Out(run) is { } file)
        {
            SafetensorsWriter.Write(file, [.. tensors.Select(t => SafetensorsTensor.F32(t.Name, t.Shape, t.Values))], null);
            if (!run.Json)
            {
                string what = tensors is [var only] ? $"{only.Name} ({string.Join(", ", only.Shape)})" : $"{tensors.Count} tensors";
                run.Print($"{file}: {what} float32");
            }
        }

        (TensorResult Tensor, double Error)[] compared = choices.Reference(run) is { } reference ? Compare(run, choices, reference, tensors, mayLack) : [];
        if (run.Json)
        {
            WriteJson(run, choices, tensors, compared);
            return;
        }

        foreach ((TensorResult tensor, double error) in compared)
        {
            run.Print($"{choices.InReference(run, tensor.Name)}  {Error(error)}");
        }

        if (compared.Length > 1)
        {
            (TensorResult worst, double most) = compared.MaxBy(c => double.IsNaN(c.Error) ? double.PositiveInfinity : c.Error);
            run.Print($"{compared.Length} tensors, the worst {Error(most)}: {choices.InReference(run, worst.Name)}");
        }
    }

    private static (TensorResult Tensor, double Error)[] Compare(
        CommandRun run, PassChoices choices, string reference, IReadOnlyList<TensorResult> tensors, bool mayLack)
    {
        using SafetensorsFile file = SafetensorsFile.Open(reference);
        var compared = new List<(TensorResult Tensor, double Error, double Size)>();
        foreach (TensorResult tensor in tensors)
        {
            string name = choices.InReference(run, tensor.Name);
            if (!file.Tensors.TryGetValue(name, out SafetensorsEntry? entry))
            {
                if (mayLack)
                {
                    continue;
                }

                throw new CheckpointException(reference, $"{file.Tensors.Count} tensors, none of them {name}", $"a tensor {name}", "Name the tokens with --sequence.");
            }

            if (!entry.Shape.SkipWhile(d => d == 1).SequenceEqual(tensor.Shape.SkipWhile(d => d == 1)))
            {
                throw new CheckpointException(reference, $"{name} of shape ({string.Join(", ", entry.Shape)})", $"({string.Join(", ", tensor.Shape)})",
                    "The reference is of other tokens or of another model.");
            }

            (double error, double size) = Squares(tensor.Values, file.ReadFloats(name));
            compared.Add((tensor, error, size));
        }

        double nothing = compared.Select(c => c.Size).DefaultIfEmpty().Max() * Nothing * Nothing;
        return compared.Count > 0 ? [.. compared.Select(c => (c.Tensor, c.Size > nothing ? c.Error / c.Size : c.Error))] : throw new CheckpointException(
            reference, $"{file.Tensors.Count} tensors, none of them {choices.InReference(run, tensors[0].Name)} or another of the {tensors.Count} that were computed",
            "tensors of these names", "Name the tokens with --sequence.");
    }

    // ||a - b||^2 and ||b||^2.
    private static (double Error, double Size) Squares(float[] actual, float[] expected)
    {
        double error = 0, size = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            error += ((double)actual[i] - expected[i]) * ((double)actual[i] - expected[i]);
            size += (double)expected[i] * expected[i];
        }

        return (error, size);
    }

    private static string Error(double error) => error.ToString("0.0e+00", CultureInfo.InvariantCulture);

    private static void WriteJson(CommandRun run, PassChoices choices, IReadOnlyList<TensorResult> tensors, (TensorResult Tensor, double Error)[] compared) =>
        run.PrintJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("file", choices.Out(run));
            json.WriteStartArray("tensors");
            foreach (TensorResult tensor in tensors)
            {
                json.WriteStartObject();
                json.WriteString("name", tensor.Name);
                json.WriteStartArray("shape");
                foreach (long dimension in tensor.Shape)
                {
                    json.WriteNumberValue(dimension);
                }

                json.WriteEndArray();
                if (Array.Find(compared, c => c.Tensor == tensor) is { Tensor: not null } found)
                {
                    json.WriteReal("normalisedSquaredError", found.Error);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
}
