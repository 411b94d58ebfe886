using System.Globalization;
using System.Numerics;

namespace Temperament.Models.Text.Templates;

/// <summary>Filters of numbers, and the default value.</summary>
internal static class NumberFilters
{
    public static IReadOnlyDictionary<string, Func<RenderContext, object?, CallArguments, object?>> All { get; } =
        new Dictionary<string, Func<RenderContext, object?, CallArguments, object?>>(StringComparer.Ordinal)
        {
            ["abs"] = (_, v, _) => v is double number ? (object)Math.Abs(number) : Math.Abs(PythonNumber.Int(v)),
            ["int"] = (_, v, a) => Int(v, a.Expect("int", 0, "default", "base")),
            ["float"] = (_, v, a) => Float(v, a.Expect("float", 0, "default")),
            ["round"] = (_, v, a) => Round(v, a.Expect("round", 0, "precision", "method")),
            ["default"] = (_, v, a) => Default(v, a),
            ["d"] = (_, v, a) => Default(v, a),
        };

    private static object? Default(object? value, CallArguments arguments)
    {
        arguments.Expect("default", 0, "default_value", "boolean");
        return value is Undefined || (arguments.Flag(1, "boolean") && !Python.Truth(value)) ? arguments.Get(0, "default_value", "") : value;
    }

    private static object? Int(object? value, CallArguments arguments)
    {
        object? otherwise = arguments.Get(0, "default", 0L);
        switch (value)
        {
            case Undefined undefined:
                throw undefined.Error();
            case bool or long:
                return PythonNumber.Long(value);
            case double number:
                return double.IsFinite(number) && Math.Abs(number) < 9e18 ? (long)number : otherwise;
            case string or SafeString:
                string text = PythonText.Strip(PythonText.Raw(value), null, true, true).Replace("_", "", StringComparison.Ordinal);
                long radix = arguments.Int(1, "base", 10);
                if (radix == 10 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
                {
                    return whole;
                }

                string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
                if (radix == 16 && long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out whole))
                {
                    return whole;
                }

                return radix == 10 && TryFloat(text, out double real) && Math.Abs(real) < 9e18 ? (long)real : otherwise;
            default:
                return otherwise;
        }
    }

    private static object? Float(object? value, CallArguments arguments) => value switch
    {
        Undefined undefined => throw undefined.Error(),
        _ when PythonNumber.TryGet(value, out double number) => number,
        string or SafeString when TryFloat(PythonText.Raw(value), out double number) => number,
        _ => arguments.Get(0, "default", 0.0),
    };

    private static bool TryFloat(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static object Round(object? value, CallArguments arguments)
    {
        if (!PythonNumber.TryGet(value, out double number))
        {
            throw new TemplateException($"type {Python.TypeName(value)} doesn't define a rounding");
        }

        int digits = (int)Math.Clamp(arguments.Int(0, "precision"), 0, 15);
        double scale = Math.Pow(10, digits);
        return arguments.Text(1, "method", "common") switch
        {
            "ceil" => (object)(Math.Ceiling(number * scale) / scale),
            "floor" => Math.Floor(number * scale) / scale,
            "common" when value is double => Nearest(number, digits),
            "common" => PythonNumber.Long(value),
            _ => throw new TemplateException("method must be common, ceil or floor"),
        };
    }

    // The number of so many digits that is nearest to the exact binary value; of two that are equally near the even one.
    private static double Nearest(double number, int digits)
    {
        long bits = BitConverter.DoubleToInt64Bits(number);
        int exponent = (int)((bits >> 52) & 0x7FF) - 1075;
        if (!double.IsFinite(number) || exponent >= 0)
        {
            return number;
        }

        BigInteger scaled = ((bits & 0xFFFFFFFFFFFFF) | (1L << 52)) * BigInteger.Pow(10, digits), half = BigInteger.One << (-exponent - 1);
        BigInteger whole = scaled >> -exponent, rest = scaled - (whole << -exponent);
        whole += rest > half || (rest == half && !whole.IsEven) ? 1 : 0;
        return Math.CopySign(double.Parse($"{whole}e-{digits}", CultureInfo.InvariantCulture), number);
    }
}
