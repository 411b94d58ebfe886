using System.Globalization;
using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>Formatting with percent signs.</summary>
internal static class PercentFormat
{
    public static string Apply(RenderContext context, object? format, object? values)
    {
        string text = PythonText.Raw(format);
        bool escapes = format is SafeString;
        var named = values as TemplateDictionary;
        object?[] items = values is TemplateTuple tuple ? tuple.Items : [values];
        int used = 0;
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            string? name = null;
            if (i < text.Length && text[i] == '(')
            {
                int close = text.IndexOf(')', i);
                name = close < 0 ? throw new TemplateException("incomplete format key") : text[(i + 1)..close];
                i = close + 1;
            }

            var spec = new FormatSpec { Align = '>' };
            i = ReadFlags(text, i, ref spec);
            if (i >= text.Length)
            {
                throw new TemplateException("incomplete format");
            }

            if (text[i] == '%')
            {
                result.Append('%');
                continue;
            }

            object? value = name is null
                ? used < items.Length ? items[used++] : throw new TemplateException("not enough arguments for format string")
                : named is not null && named.TryGet(name, out object? found) ? found : throw new TemplateException($"no value for '{name}' in the format");
            result.Append(One(context, text[i], value, spec, escapes));
            context.Budget.Characters(result.Length);
        }

        // What can be asked for an item by key may be more than the format asks for.
        return used < items.Length && values is not (TemplateDictionary or TemplateList or TemplateRange or Undefined)
            ? throw new TemplateException("not all arguments converted during string formatting")
            : result.ToString();
    }

    private static int ReadFlags(string text, int i, ref FormatSpec spec)
    {
        for (; i < text.Length && text[i] is '-' or '+' or ' ' or '0' or '#'; i++)
        {
            spec.Align = text[i] == '-' ? '<' : spec.Align;
            spec.Sign = text[i] is '+' or ' ' ? text[i] : spec.Sign;
            spec.IsZeroFilled |= text[i] == '0';
        }

        spec.Width = FormatSpec.ReadNumber(text, ref i) ?? 0;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            spec.Precision = FormatSpec.ReadNumber(text, ref i) ?? 0;
        }

        return i;
    }

    private static string One(RenderContext context, char type, object? value, FormatSpec spec, bool escapes)
    {
        switch (type)
        {
            case 's':
                string text = PythonText.Str(value, context.Budget);
                return spec.Fit(escapes && value is not SafeString ? PythonText.Escape(text, context.Budget) : text, context.Budget);
            case 'r':
                var shown = new StringBuilder();
                PythonText.Repr(value, shown, context.Budget);
                return spec.Fit(shown.ToString(), context.Budget);
            case 'c':
                return spec.Fit(value is long point and >= 0 and <= 0x10FFFF and not (>= 0xD800 and <= 0xDFFF) ? char.ConvertFromUtf32((int)point)
                    : PythonText.Require(value, "%c"), context.Budget);
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o' or 'f' or 'F' or 'e' or 'E' or 'g' or 'G':
                if (!PythonNumber.TryGet(value, out double number))
                {
                    throw new TemplateException($"%{type} format: a number is required, not {Python.TypeName(value)}");
                }

                object whole = value is double && type is 'd' or 'i' or 'u' ? (long)Math.Clamp(Math.Truncate(number), -9e18, 9e18) : value!;
                spec.Type = type is 'i' or 'u' ? 'd' : type;
                return spec.Number(whole, context.Budget);
            default:
                throw new TemplateException(string.Create(CultureInfo.InvariantCulture, $"unsupported format character '{type}'"));
        }
    }
}
