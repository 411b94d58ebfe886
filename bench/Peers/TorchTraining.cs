using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Temperament.Benchmarks.Runs;
using Temperament.Methods.Training;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Benchmarks.Peers;

/// <summary>Steps of training in PyTorch, in float32: of the same shape as ours, or with the same numbers.</summary>
internal sealed class TorchTraining : IDisposable
{
    private const int ComparedSteps = 4;
    private const double LargestDifference = 1e-5;

    // Threads of OpenMP spin after a step, and would take the processor from whoever is measured next.
    private const int SpinMilliseconds = 100;

    private readonly TorchProgram _program;

    private TorchTraining(TorchProgram program) => _program = program;

    /// <summary>Which PyTorch it is.</summary>
    public string Description => _program.Description;

    /// <summary>Starts a Python; null, with a sentence that says how to get it, where none has torch.</summary>
    public static TorchTraining? Open(int threads, out string absent) =>
        TorchProgram.Start("torch_training.py", threads, out absent) is { } program ? new TorchTraining(program) : null;

    /// <summary>Trains a small model of a case's kind from the same numbers in both, and refuses where the losses of some steps differ.</summary>
    /// <returns>The largest relative difference of a loss.</returns>
    /// <exception cref="InvalidDataException">The two train something else.</exception>
    public double Compare(TrainingCase each, ComputePool pool)
    {
        TrainingCase small = each.Small();
        (RandomModel model, Trainer trainer, TokenBatch batch) = small.Prepare(pool);
        using (model)
        using (trainer)
        {
            string file = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(file, Numbers(model.Network));
                Prepare(small, model.Network, batch, file);
            }
            finally
            {
                File.Delete(file);
            }

            double[] ours = [.. Enumerable.Range(0, ComparedSteps).Select(_ => trainer.Step([batch], TrainingCase.Rate).Loss)];
            double[] theirs = Steps(ComparedSteps).Losses;
            double difference = ours.Zip(theirs, (a, b) => Math.Abs(a - b) / b).Max();
            return difference <= LargestDifference && ours[0] != ours[^1] ? difference : throw new InvalidDataException(
                $"{each.Name}: the losses of {ComparedSteps} steps are {string.Join(" ", ours)} here and {string.Join(" ", theirs)} in PyTorch; "
                + $"expected a relative difference of at most {LargestDifference}.");
        }
    }

    /// <summary>Makes a model of random numbers there.</summary>
    public void Prepare(TrainingCase each, DecoderNetwork network, TokenBatch batch) => Prepare(each, network, batch, file: null);

    /// <summary>Trains some steps.</summary>
    /// <returns>The losses, seconds of one step, and the most memory that the process had up to now.</returns>
    public (double[] Losses, double Seconds, double PeakBytes) Steps(int count)
    {
        double[] numbers = [.. _program.Ask(FormattableString.Invariant($"step {count}")).Split(' ').Select(w => double.Parse(w, CultureInfo.InvariantCulture))];
        Thread.Sleep(SpinMilliseconds);
        return (numbers[..count], numbers[count] / count, numbers[count + 1]);
    }

    public void Dispose() => _program.Dispose();

    private void Prepare(TrainingCase each, DecoderNetwork network, TokenBatch batch, string? file)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            DecoderConfig shape = each.Shape;
            json.WriteStartObject();
            json.WriteStartObject("shape");
            json.WriteNumber("layers", shape.Layers);
            json.WriteNumber("heads", shape.Heads);
            json.WriteNumber("keyValueHeads", shape.KeyValueHeads);
            json.WriteNumber("headSize", shape.HeadSize);
            json.WriteNumber("epsilon", shape.RmsNormEps);
            json.WriteNumber("theta", shape.RopeTheta);
            json.WriteEndObject();
            json.WriteBoolean("adapter", each.Lora is not null);
            json.WriteNumber("scale", each.Lora is { } lora ? lora.Alpha / lora.Rank : 0);
            json.WriteNumber("rate", TrainingCase.Rate);
            json.WriteStartArray("tokens");
            for (int s = 0; s < batch.Sequences; s++)
            {
                json.WriteStartArray();
                foreach (int token in batch.Tokens[batch.Starts[s]..batch.Starts[s + 1]])
                {
                    json.WriteNumberValue(token);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("tensors");
            foreach ((string name, WeightMatrix held) in Tensors(network))
            {
                json.WriteStartArray();
                json.WriteStringValue(name);
                json.WriteNumberValue(held.Outputs);
                json.WriteNumberValue(held.Inputs);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteNumber("numbers", Tensors(network).Sum(t => t.Held.Count));
            json.WriteString("weights", file);
            json.WriteEndObject();
        }

        _program.Prepare(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static byte[] Numbers(DecoderNetwork network) => [.. Tensors(network).SelectMany(t => MemoryMarshal.AsBytes(t.Held.Dense.Span).ToArray())];

    private static IEnumerable<(string Name, WeightMatrix Held)> Tensors(DecoderNetwork network)
    {
        foreach (Parameter parameter in network.Weights.Parameters)
        {
            yield return (parameter.Name, parameter.Held);
        }

        foreach (Linear linear in network.Weights.Linears)
        {
            if (linear.Dense is null)
            {
                yield return (linear.Name + ".weight", linear.Weight);
            }

            foreach (LowRank branch in linear.Branches)
            {
                yield return (linear.Name + ".lora_A", branch.A.Held);
                yield return (linear.Name + ".lora_B", branch.B.Held);
            }
        }
    }
}
