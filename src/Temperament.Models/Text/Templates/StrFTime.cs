using System.Globalization;
using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>Formats a moment by the codes of C's strftime, with English names.</summary>
internal static class StrFTime
{
    public static string Format(DateTimeOffset now, string format, TemplateBudget budget)
    {
        budget.Characters(format.Length * 20L);
        var result = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                result.Append(format[i]);
                continue;
            }

            bool bare = format[++i] == '-' && i + 1 < format.Length;
            string text = Code(now, format[bare ? ++i : i]) ?? (bare ? "%-" : "%") + format[i];
            result.Append(bare && char.IsAsciiDigit(text[0]) && text.Length > 1 ? text.TrimStart('0').PadLeft(1, '0') : text);
        }

        return result.ToString();
    }

    // A clock without a zone prints none, as naive times of Python do.
    private static string? Code(DateTimeOffset now, char code)
    {
        string Net(string format) => now.ToString(format, CultureInfo.InvariantCulture);
        return code switch
        {
            'a' => Net("ddd"),
            'A' => Net("dddd"),
            'b' or 'h' => Net("MMM"),
            'B' => Net("MMMM"),
            'c' => Net("ddd MMM ") + now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2) + Net(" HH:mm:ss yyyy"),
            'C' => Net("yyyy")[..2],
            'd' => Net("dd"),
            'D' or 'x' => Net("MM'/'dd'/'yy"),
            'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'f' => Net("ffffff"),
            'F' => Net("yyyy-MM-dd"),
            'H' => Net("HH"),
            'I' => Net("hh"),
            'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'm' => Net("MM"),
            'M' => Net("mm"),
            'n' => "\n",
            'p' => now.Hour < 12 ? "AM" : "PM",
            'R' => Net("HH:mm"),
            's' => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'S' => Net("ss"),
            't' => "\t",
            'T' or 'X' => Net("HH:mm:ss"),
            'u' => (now.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'U' => ((now.DayOfYear + 6 - (int)now.DayOfWeek) / 7).ToString("00", CultureInfo.InvariantCulture),
            'V' => ISOWeek.GetWeekOfYear(now.DateTime).ToString("00", CultureInfo.InvariantCulture),
            'w' => ((int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'y' => Net("yy"),
            'Y' => now.Year.ToString(CultureInfo.InvariantCulture),
            'z' or 'Z' => "",
            '%' => "%",
            _ => null,
        };
    }
}
