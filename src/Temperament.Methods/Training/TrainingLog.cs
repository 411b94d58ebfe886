using System.Diagnostics;
using System.Text.Json;

namespace Temperament.Methods.Training;

/// <summary>
/// The events of a run, one JSON object a line, in <c>training.jsonl</c>: <c>start</c> or <c>resume</c>, <c>step</c>, <c>checkpoint</c>,
/// <c>stopped</c>, <c>done</c>. It is appended to; times are seconds since the start of the process that wrote them.
/// </summary>
public sealed class TrainingLog : IDisposable
{
    /// <summary>Name of the file in the folder of the adapter.</summary>
    public const string FileName = "training.jsonl";

    private readonly FileStream _stream;
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Opens the log of a folder.</summary>
    /// <param name="folder">Folder of the adapter.</param>
    /// <param name="append">Whether earlier events stay.</param>
    public TrainingLog(string folder, bool append)
    {
        _stream = new FileStream(Path.Combine(folder, FileName), append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
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
            json.WriteNumber("loss", step.Loss);
            json.WriteNumber("gradientNorm", step.GradientNorm);
            json.WriteNumber("learningRate", step.LearningRate);
            json.WriteNumber("targets", step.Targets);
            json.WriteNumber("tokens", step.Tokens);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
