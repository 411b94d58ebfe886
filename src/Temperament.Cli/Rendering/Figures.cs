using System.Globalization;
using System.Text.Json;

namespace Temperament.Cli.Rendering;

/// <summary>How numbers are written for people, and for JSON.</summary>
internal static class Figures
{
    /// <summary>With a number of decimals.</summary>
    public static string Fixed(double value, int decimals) => value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>As a percentage.</summary>
    public static string Percent(double share, int decimals = 0) => Fixed(share * 100, decimals) + " %";

    /// <summary>A count with a letter for thousands, millions or billions.</summary>
    public static string Count(double value) => value switch
    {
        >= 1e9 => Fixed(value / 1e9, value < 1e10 ? 2 : 1) + " B",
        >= 1e6 => Fixed(value / 1e6, value < 1e7 ? 2 : 1) + " M",
        >= 1e4 => Fixed(value / 1e3, 1) + " k",
        _ => Fixed(value, 0),
    };

    /// <summary>A size in memory or on disk.</summary>
    public static string Bytes(double value) => value switch
    {
        >= 1L << 30 => Fixed(value / (1L << 30), 1) + " GiB",
        >= 1L << 20 => Fixed(value / (1L << 20), 1) + " MiB",
        _ => Fixed(value / (1L << 10), 0) + " KiB",
    };

    /// <summary>A span of time in its largest fitting unit.</summary>
    public static string Time(double seconds) => seconds switch
    {
        >= 5400 => Fixed(seconds / 3600, 1) + " h",
        >= 100 => Fixed(seconds / 60, 1) + " min",
        _ => Fixed(seconds, seconds < 10 ? 1 : 0) + " s",
    };

    /// <summary>Writes a number; JSON has no NaN and no infinities, so these are written as their names.</summary>
    public static void WriteReal(this Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
