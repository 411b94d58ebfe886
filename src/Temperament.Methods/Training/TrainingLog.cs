using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Temperament.Methods.Training;

/// <summary>
/// The events of a run, one JSON object a line, in <c>training.jsonl</c>: <c>start</c> or <c>resume</c>, <c>step</c>, <c>checkpoint</c>,
/// <c>evaluation</c>, <c>stopped</c>, <c>failed</c>, <c>done</c>; and the curves as TensorBoard reads them. It is appended to; times are seconds since the start of the process that wrote them.
/// </summary>
public sealed class TrainingLog : IDisposable
{
    /// <summary>Name of the file in the folder of the adapter.</summary>
    public const string FileName = "training.jsonl";

    private readonly FileStream _stream;
    private readonly EventFile _events;
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Opens the log of a folder.</summary>
    /// <param name="folder">Folder of the adapter.</param>
    /// <param name="append">Whether earlier events stay.</param>
    public TrainingLog(string folder, bool append)
    {
        string path = Path.Combine(folder, FileName);
        if (append && File.Exists(path))
        {
            CutBrokenLine(path);
        }

        _stream = new FileStream(path, append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
        _events = EventFile.Create(folder, TimeProvider.System);
    }

    /// <summary>Appends an event.</summary>
    /// <param name="name">What happened.</param>
    /// <param name="write">Writes its fields.</param>
    public void Write(string name, Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using (var json = new Utf8JsonWriter(_stream))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            json.WriteNumber("seconds", Math.Round(Stopwatch.GetElapsedTime(_start).TotalSeconds, 3));
            write(json);
            json.WriteEndObject();
        }

        _stream.WriteByte((byte)'\n');
        _stream.Flush();
    }

    /// <summary>Appends a step.</summary>
    /// <param name="step">What it did.</param>
    public void Write(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Write("step", json =>
        {
            json.WriteNumber("step", step.Step);
            WriteReal(json, "loss", step.Loss);
            WriteReal(json, "gradientNorm", step.GradientNorm);
            json.WriteNumber("learningRate", step.LearningRate);
            json.WriteNumber("targets", step.Targets);
            json.WriteNumber("tokens", step.Tokens);
            if (step.Skipped)
            {
                json.WriteBoolean("skipped", true);
            }

            if (step.Preferences is { } preferences)
            {
                WriteReal(json, "accuracy", preferences.Accuracy);
                WriteReal(json, "margin", preferences.Margin);
            }
        });
        _events.Write(step.Step + 1,
        [
            new EvaluationScore("train/loss", step.Loss),
            new EvaluationScore("train/gradient_norm", step.GradientNorm),
            new EvaluationScore("train/learning_rate", step.LearningRate),
            new EvaluationScore("train/targets", step.Targets),
        ]);
    }

    /// <summary>Appends an evaluation.</summary>
    /// <param name="stepsDone">Steps done.</param>
    /// <param name="scores">What it found.</param>
    public void Write(int stepsDone, IReadOnlyList<EvaluationScore> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        Write("evaluation", json =>
        {
            json.WriteNumber("step", stepsDone);
            foreach (EvaluationScore score in scores)
            {
                WriteReal(json, score.Name, score.Value);
            }
        });
        _events.Write(stepsDone, [.. scores.Select(s => s with { Name = "validation/" + s.Name.Replace(' ', '_') })]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _events.Dispose();
    }

    // A process that was killed may have left half a line.
    private static void CutBrokenLine(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        long whole = stream.Length;
        while (whole > 0)
        {
            stream.Position = whole - 1;
            if (stream.ReadByte() == '\n')
            {
                break;
            }

            whole--;
        }

        stream.SetLength(whole);
    }

    // JSON has no word for what is not finite.
    private static void WriteReal(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
