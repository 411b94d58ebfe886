using System.Globalization;

namespace Temperament.Models.Text.Templates;

/// <summary>How one value is formatted: fill, alignment, sign, width, precision and type.</summary>
internal struct FormatSpec
{
    private const int MaxPrecision = 100;

    public FormatSpec()
    {
    }

    public string Fill = " ";
    public char Align;
    public char Sign;
    public bool IsZeroFilled;
    public bool HasCommas;
    public long Width;
    public long? Precision;
    public char Type;

    /// <summary>Reads a format such as <c>0&gt;8,.2f</c>.</summary>
    public static FormatSpec Parse(string text)
    {
        var spec = new FormatSpec();
        int i = 0;
        if (text.Length > 0)
        {
            CodePoints.At(text, 0, out int length);
            if (length < text.Length && text[length] is '<' or '>' or '^' or '=')
            {
                (spec.Fill, spec.Align) = (text[..length], text[length]);
                i = length + 1;
            }
            else if (text[0] is '<' or '>' or '^' or '=')
            {
                spec.Align = text[0];
                i = 1;
            }
        }

        if (i < text.Length && text[i] is '+' or '-' or ' ')
        {
            spec.Sign = text[i++];
        }

        if (i < text.Length && text[i] == '0')
        {
            spec.IsZeroFilled = true;
            i++;
        }

        spec.Width = ReadNumber(text, ref i) ?? 0;
        if (i < text.Length && text[i] is ',' or '_')
        {
            spec.HasCommas = true;
            i++;
        }

        if (i < text.Length && text[i] == '.')
        {
            i++;
            spec.Precision = ReadNumber(text, ref i) ?? throw new TemplateException("Format specifier missing precision");
        }

        spec.Type = i < text.Length ? text[i++] : '\0';
        return i == text.Length ? spec : throw new TemplateException("Invalid format specifier");
    }

    public static long? ReadNumber(string text, ref int i)
    {
        int start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
        {
            i++;
        }

        return i == start ? null
            : long.TryParse(text.AsSpan(start..i), CultureInfo.InvariantCulture, out long number) ? number
            : throw new TemplateException("Too many digits in a format");
    }

    /// <summary>Cuts and fills a text.</summary>
    public readonly string Fit(string text, TemplateBudget budget)
    {
        if (Precision is { } most && most < PythonText.Length(text))
        {
            text = string.Concat(PythonText.CodePoints(text).Take((int)most));
        }

        return Align switch
        {
            '>' => Padding.Right(text, Width, Fill, budget),
            '^' => Padding.Center(text, Width, Fill, budget),
            _ => Padding.Left(text, Width, Fill, budget),
        };
    }

    /// <summary>Writes a number.</summary>
    public readonly string Number(object value, TemplateBudget budget)
    {
        PythonNumber.TryGet(value, out double real);
        if (Precision > MaxPrecision)
        {
            throw new TemplateException($"A precision of more than {MaxPrecision} digits.");
        }

        bool isNegative = value is double ? real < 0 : PythonNumber.Long(value) < 0;
        string digits = Digits(value, Math.Abs(real));
        string sign = isNegative ? "-" : Sign is '+' or ' ' ? Sign.ToString() : "";
        if (IsZeroFilled && Align is '\0' or '>' or '=')
        {
            return sign + Padding.Right(digits, Width - sign.Length, "0", budget);
        }

        string text = sign + digits;
        return Align switch
        {
            '<' => Padding.Left(text, Width, Fill, budget),
            '^' => Padding.Center(text, Width, Fill, budget),
            _ => Padding.Right(text, Width, Fill, budget),
        };
    }

    private readonly string Digits(object value, double magnitude)
    {
        int precision = (int)(Precision ?? 6);
        string separator = HasCommas ? "N" : "F";
        switch (Type)
        {
            case '\0' or 'd' or 'n' or 'x' or 'X' or 'o' or 'b' when value is bool or long:
                ulong whole = (ulong)Math.Abs((decimal)PythonNumber.Long(value));
                return Type switch
                {
                    'x' => whole.ToString("x", CultureInfo.InvariantCulture),
                    'X' => whole.ToString("X", CultureInfo.InvariantCulture),
                    'o' => Convert.ToString((long)whole, 8),
                    'b' => whole.ToString("b", CultureInfo.InvariantCulture),
                    _ => whole.ToString(HasCommas ? "N0" : "D", CultureInfo.InvariantCulture),
                };
            case '\0' when Precision is null:
                return PythonNumber.Text(magnitude);
            case 'f' or 'F':
                return magnitude.ToString(separator + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            case '%':
                return (magnitude * 100).ToString(separator + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) + "%";
            case 'e' or 'E':
                string text = magnitude.ToString((Type == 'e' ? "e" : "E") + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
                int mark = text.Length - 5;
                return text[mark + 2] == '0' ? text.Remove(mark + 2, 1) : text;
            case '\0' or 'g' or 'G':
                double rounded = double.Parse(
                    magnitude.ToString("E" + Math.Max(0, precision - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
                    CultureInfo.InvariantCulture);
                string general = PythonNumber.Text(rounded);
                return general.EndsWith(".0", StringComparison.Ordinal) && Type != '\0' ? general[..^2] : general;
            default:
                throw new TemplateException($"Unknown format code '{Type}' for object of type '{Python.TypeName(value)}'");
        }
    }
}
