namespace Temperament.Studies.Reports.Charts;

/// <summary>A linear scale with round ticks.</summary>
internal sealed class ChartScale
{
    private readonly double _from;
    private readonly double _to;

    /// <summary>Spans at least the given values, widened to round ticks.</summary>
    /// <param name="minimum">The least value.</param>
    /// <param name="maximum">The greatest value.</param>
    /// <param name="from">The picture coordinate of the minimum.</param>
    /// <param name="to">The picture coordinate of the maximum.</param>
    /// <param name="ticks">About how many ticks.</param>
    public ChartScale(double minimum, double maximum, double from, double to, int ticks = 5)
    {
        maximum = maximum > minimum ? maximum : minimum + 1;
        double span = maximum - minimum;
        double power = Math.Pow(10, Math.Floor(Math.Log10(span / ticks)));
        double step = (span / ticks / power) switch { <= 1 => power, <= 2 => 2 * power, <= 2.5 => 2.5 * power, <= 5 => 5 * power, _ => 10 * power };
        double first = Math.Floor((minimum / step) + 1e-9);
        double last = Math.Ceiling((maximum / step) - 1e-9);
        last = Math.Max(last, first + 1);
        Minimum = first * step;
        Maximum = last * step;
        Ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(tick => (first + tick) * step)];
        Decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9) + (step / power is 2.5 ? 1 : 0), 0, 9);
        _from = from;
        _to = to;
    }

    /// <summary>The value of the first tick.</summary>
    public double Minimum { get; }

    /// <summary>The value of the last tick.</summary>
    public double Maximum { get; }

    /// <summary>The values of the ticks, ascending.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>How many decimals tell the ticks apart.</summary>
    public int Decimals { get; }

    /// <summary>The picture coordinate of a value.</summary>
    public double At(double value) => _from + ((value - Minimum) / (Maximum - Minimum) * (_to - _from));

    /// <summary>A tick as a plain number.</summary>
    public string Plain(double tick) => ReportNumbers.Decimal(tick, Decimals);

    /// <summary>A tick as a percentage.</summary>
    public string Percent(double tick) => ReportNumbers.Decimal(tick * 100, Math.Max(0, Decimals - 2)) + "%";
}
