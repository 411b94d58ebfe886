using System.Globalization;

namespace Temperament.Models.Text.Templates;

/// <summary>Numbers as the template language has them; whole numbers have 64 bits and an error beyond.</summary>
internal static class PythonNumber
{
    public static bool TryGet(object? value, out double number)
    {
        number = value switch { bool flag => flag ? 1 : 0, long whole => whole, double real => real, _ => double.NaN };
        return value is bool or long or double;
    }

    /// <summary>A whole number or truth value as a whole number.</summary>
    public static long Long(object? value) => value is bool flag ? (flag ? 1 : 0) : (long)value!;

    /// <summary>A whole number, or an error.</summary>
    public static long Int(object? value) => value switch
    {
        bool or long => Long(value),
        Undefined undefined => throw undefined.Error(),
        _ => throw new TemplateException($"'{Python.TypeName(value)}' object cannot be interpreted as an integer"),
    };

    /// <summary>The shortest text that reads back as the number, as the language writes it.</summary>
    public static string Text(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        (string significant, int exponent) = Split(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        string sign = value < 0 ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            string fraction = significant.Length > 1 ? "." + significant[1..] : "";
            return $"{sign}{significant[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{significant}";
        }

        string whole = significant.PadRight(exponent + 1, '0');
        string behind = whole[(exponent + 1)..];
        return $"{sign}{whole[..(exponent + 1)]}.{(behind.Length == 0 ? "0" : behind)}";
    }

    public static object Add(object? a, object? b, char operation)
    {
        TryGet(a, out double x);
        TryGet(b, out double y);
        if (a is double || b is double)
        {
            return operation switch { '+' => x + y, '-' => x - y, _ => x * y };
        }

        try
        {
            return operation switch
            {
                '+' => checked(Long(a) + Long(b)),
                '-' => checked(Long(a) - Long(b)),
                _ => checked(Long(a) * Long(b)),
            };
        }
        catch (OverflowException e)
        {
            throw new TemplateException("A whole number of more than 64 bits came out.", false, e);
        }
    }

    public static object Divide(object? a, object? b, string operation)
    {
        TryGet(a, out double x);
        TryGet(b, out double y);
        if (y == 0)
        {
            throw new TemplateException("division by zero");
        }

        if (operation == "/")
        {
            return x / y;
        }

        if (a is double || b is double)
        {
            return operation == "//" ? Floored(x, y) : Modulo(x, y);
        }

        long whole = Long(a), divisor = Long(b);
        if (divisor == -1)
        {
            return operation == "//" ? Add(0L, a, '-') : 0L;
        }

        long rounded = whole / divisor, remainder = whole % divisor;
        bool down = remainder != 0 && (remainder < 0) != (divisor < 0);
        return operation == "//" ? rounded - (down ? 1 : 0) : remainder + (down ? divisor : 0);
    }

    // The rest has the sign of the divisor; the quotient is the whole number nearest to what is left without the rest.
    private static double Modulo(double x, double y)
    {
        double rest = x % y;
        return rest == 0 ? Math.CopySign(0, y) : (y < 0) != (rest < 0) ? rest + y : rest;
    }

    private static double Floored(double x, double y)
    {
        double rest = x % y, quotient = (x - rest) / y;
        quotient -= rest != 0 && (y < 0) != (rest < 0) ? 1 : 0;
        return quotient == 0 ? Math.CopySign(0, x / y) : Math.Round(quotient, MidpointRounding.ToEven);
    }

    public static object Power(object? a, object? b)
    {
        TryGet(a, out double x);
        TryGet(b, out double y);
        if (a is double || b is double || y < 0)
        {
            double power = Math.Pow(x, y);
            return double.IsFinite(power) || !double.IsFinite(x) || !double.IsFinite(y) ? power : throw new TemplateException("Numerical result out of range");
        }

        long result = 1, factor = Long(a);
        for (long left = Long(b); left > 0; left--)
        {
            if (factor is 0 or 1)
            {
                return factor;
            }

            result = (long)Add(result, factor, '*');
        }

        return result;
    }

    // Digits without zeros at the ends, and the power of ten of the first.
    private static (string Digits, int Exponent) Split(string shortest)
    {
        int mark = shortest.IndexOf('E');
        int power = mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = mark < 0 ? shortest : shortest[..mark];
        int point = mantissa.IndexOf('.');
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        string trimmed = digits.TrimStart('0');
        int exponent = (point < 0 ? digits.Length : point) - 1 - (digits.Length - trimmed.Length) + power;
        return (trimmed.TrimEnd('0'), exponent);
    }
}
