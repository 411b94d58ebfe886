using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Temperament.Cli.Hosting;
using Temperament.Methods.Training;

namespace Temperament.Cli.Rendering;

/// <summary>How far a piece of work is: a bar with the time left on a screen, a line now and then elsewhere.</summary>
internal sealed class ProgressBar
{
    private const double SecondsToFirstLine = 2, SecondsBetweenLines = 10;

    private readonly Action<double, string> _show;
    private readonly double _total;
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _tokens;
    private double _operations;
    private double _first = -1;
    private string _stage = "";
    private long _stageStart;
    private int _stageFirst;

    private ProgressBar(Action<double, string> show, double total) => (_show, _total) = (show, total);

    /// <summary>Does the work and shows how far it is.</summary>
    /// <param name="run">Where it is shown: on the error stream.</param>
    /// <param name="title">What is done.</param>
    /// <param name="total">Size of the work.</param>
    /// <param name="work">The work; it reports to the bar.</param>
    public static T Run<T>(CommandRun run, string title, double total, Func<ProgressBar, T> work)
    {
        if (run.Terminal.ErrorIsScreen)
        {
            return run.Terminal.ErrorConsole().Progress().AutoClear(true)
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
                .Start(context =>
                {
                    ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                    return work(new ProgressBar((done, text) =>
                    {
                        task.Value = done;
                        task.Description = Markup.Escape($"{title}  {text}");
                    }, total));
                });
        }

        long last = Stopwatch.GetTimestamp();
        double pause = SecondsToFirstLine;
        return work(new ProgressBar((done, text) =>
        {
            if (Stopwatch.GetElapsedTime(last).TotalSeconds >= pause)
            {
                (last, pause) = (Stopwatch.GetTimestamp(), SecondsBetweenLines);
                run.Log($"{title}  {Figures.Percent(done / Math.Max(1, total))}  {text}");
            }
        }, total));
    }

    /// <summary>Shows how much is done, with the time that is left at this pace.</summary>
    /// <param name="done">Done part of the size.</param>
    /// <param name="text">What to say besides.</param>
    public void Report(double done, string text)
    {
        if (_first < 0)
        {
            _first = Math.Max(0, done - 1);
        }

        double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        double left = done > _first ? seconds / (done - _first) * (_total - done) : 0;
        _show(done, left > 0 ? $"{text}{(text.Length > 0 ? "  " : "")}{Figures.Time(left)} left" : text);
    }

    /// <summary>Shows a piece of work that has stages of its own sizes; the bar is of the present stage.</summary>
    public void Stage(string name, int step, int steps, double? loss)
    {
        if (_stage != name)
        {
            (_stage, _stageStart, _stageFirst) = (name, Stopwatch.GetTimestamp(), step);
        }

        double seconds = Stopwatch.GetElapsedTime(_stageStart).TotalSeconds;
        string left = step > _stageFirst && step < steps ? $"  {Figures.Time(seconds / (step - _stageFirst) * (steps - step))} left" : "";
        _show(steps > 0 ? _total * step / steps : 0, $"{name}  {step}/{steps}{(loss is { } value ? $"  loss {Figures.Fixed(value, 3)}" : "")}{left}");
    }

    /// <summary>Shows a training step.</summary>
    /// <param name="step">What it did.</param>
    /// <param name="operations">Float32 operations that it took.</param>
    /// <param name="limit">10^9 float32 operations a second that the machine does at most.</param>
    public void Step(TrainingStep step, double operations, double limit)
    {
        _tokens += step.Tokens;
        _operations += operations;
        double seconds = Math.Max(1e-9, Stopwatch.GetElapsedTime(_start).TotalSeconds);
        Report(step.Step + 1, $"step {step.Step + 1}  loss {Figures.Fixed(step.Loss, 3)}  rate {step.LearningRate.ToString("0.0e-0", CultureInfo.InvariantCulture)}  "
            + $"{Figures.Fixed(_tokens / seconds, 0)} tokens/s  {Figures.Percent(_operations * 1e-9 / seconds / limit)} of the multiply-adds");
    }
}
