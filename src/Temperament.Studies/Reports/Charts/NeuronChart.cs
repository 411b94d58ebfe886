namespace Temperament.Studies.Reports.Charts;

/// <summary>Neurons by how much an adapter changes them and how much they write towards emojis; the area of a circle is the score.</summary>
internal sealed record NeuronChart : IChart
{
    private const int Labelled = 5;

    /// <inheritdoc/>
    public required string Title { get; init; }

    /// <inheritdoc/>
    public required string Description { get; init; }

    /// <summary>The neurons, best first.</summary>
    public required IReadOnlyList<NeuronRow> Neurons { get; init; }

    /// <inheritdoc/>
    public string Draw(ChartWidth width, string id)
    {
        SvgWriter svg = new();
        bool wide = width == ChartWidth.Wide;
        double total = wide ? 720 : 350;
        double bottom = wide ? 300 : 270;
        double[] changes = [.. Neurons.Select(neuron => neuron.On - neuron.Off)];
        double[] writes = [.. Neurons.Select(neuron => neuron.LensWrite)];
        ChartScale horizontal = new(Math.Min(0, changes.Append(0).Min()), Math.Max(0, changes.Append(0).Max()), 56, total - 28, wide ? 6 : 4);
        ChartScale vertical = new(Math.Min(0, writes.Append(0).Min()), Math.Max(0, writes.Append(0).Max()), bottom, 34);
        DrawAxes(svg, horizontal, vertical, bottom);

        double greatest = Neurons.Select(neuron => Math.Abs(neuron.Score)).Append(1e-12).Max();
        for (int index = Neurons.Count - 1; index >= 0; index--)
        {
            NeuronRow neuron = Neurons[index];
            double x = horizontal.At(changes[index]);
            double y = vertical.At(neuron.LensWrite);
            double radius = 3 + (9 * Math.Sqrt(Math.Abs(neuron.Score) / greatest));
            svg.Circle(x, y, radius, index < Labelled ? "neuron first" : "neuron");
            if (index < Labelled)
            {
                bool flip = x > total - 110;
                svg.Text(flip ? x - radius - 5 : x + radius + 5, y + 4, Name(neuron), "tick", flip ? "end" : "start");
            }
        }

        svg.Text((56 + total - 28) / 2, bottom + 38, "Change of activation, adapter on minus off", "tick", "middle");
        svg.Text(0, 16, "Write towards emojis (logit lens)", "tick");
        return svg.Finish(this, id, total, bottom + 46);
    }

    /// <summary>A neuron's name: its block and its coordinate.</summary>
    public static string Name(NeuronRow neuron) =>
        $"{ReportNumbers.Decimal(neuron.Layer, 0)}/{ReportNumbers.Decimal(neuron.Index, 0)}";

    private static void DrawAxes(SvgWriter svg, ChartScale horizontal, ChartScale vertical, double bottom)
    {
        foreach (double tick in vertical.Ticks)
        {
            svg.Line(horizontal.At(horizontal.Minimum), vertical.At(tick), horizontal.At(horizontal.Maximum), vertical.At(tick), tick == 0 ? "axis" : "grid");
            svg.Text(48, vertical.At(tick) + 4, vertical.Plain(tick), "tick", "end");
        }

        foreach (double tick in horizontal.Ticks)
        {
            svg.Line(horizontal.At(tick), vertical.At(vertical.Maximum), horizontal.At(tick), vertical.At(vertical.Minimum), tick == 0 ? "axis" : "grid");
            svg.Text(horizontal.At(tick), bottom + 18, horizontal.Plain(tick), "tick", "middle");
        }
    }
}
