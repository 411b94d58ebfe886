namespace Temperament.Studies.Reports.Charts;

/// <summary>The widths that a chart is drawn for: text keeps its size, the layout changes.</summary>
internal enum ChartWidth
{
    /// <summary>A desktop column or a printed page: 720 units.</summary>
    Wide,

    /// <summary>A phone: 350 units.</summary>
    Narrow,
}

/// <summary>A chart that can be drawn as SVG. Colours and fonts come from the classes of the report's style sheet.</summary>
internal interface IChart
{
    /// <summary>What the chart shows, in a few words, for readers who do not see it.</summary>
    string Title { get; }

    /// <summary>What is to be seen, with the main numbers, for readers who do not see it.</summary>
    string Description { get; }

    /// <summary>Draws the chart.</summary>
    /// <param name="width">The width to draw for.</param>
    /// <param name="id">A name for the title and description elements that is unique on the page.</param>
    string Draw(ChartWidth width, string id);
}
