using System.Text;

namespace Temperament.Models.Text.Templates;

/// <summary>Formatting with braces.</summary>
internal static class BraceFormat
{
    public static string Apply(RenderContext context, string format, CallArguments arguments)
    {
        var result = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length; i++)
        {
            char c = format[i];
            if (c is '{' or '}' && i + 1 < format.Length && format[i + 1] == c)
            {
                result.Append(c);
                i++;
            }
            else if (c == '{')
            {
                int end = Matching(format, i);
                result.Append(Field(context, format[(i + 1)..end], arguments, ref next));
                context.Budget.Characters(result.Length);
                i = end;
            }
            else if (c == '}')
            {
                throw new TemplateException("Single '}' encountered in format string");
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    private static int Matching(string format, int open)
    {
        int depth = 0;
        for (int i = open; i < format.Length; i++)
        {
            depth += format[i] == '{' ? 1 : format[i] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        throw new TemplateException("expected '}' before end of string");
    }

    private static string Field(RenderContext context, string field, CallArguments arguments, ref int next)
    {
        TemplateBudget.CheckStack();
        int colon = field.IndexOf(':');
        string path = colon < 0 ? field : field[..colon], spec = colon < 0 ? "" : field[(colon + 1)..];
        if (spec.Contains('{', StringComparison.Ordinal))
        {
            throw new TemplateException("A format inside of a format is not known here.");
        }

        bool shows = path.EndsWith("!r", StringComparison.Ordinal);
        path = shows || path.EndsWith("!s", StringComparison.Ordinal) ? path[..^2] : path;
        object? value = Resolve(path, arguments, ref next);
        if (shows)
        {
            var shown = new StringBuilder();
            PythonText.Repr(value, shown, context.Budget);
            value = shown.ToString();
        }

        FormatSpec parsed = FormatSpec.Parse(spec);
        return value is bool or long or double && !(value is bool && spec.Length == 0)
            ? parsed.Number(value, context.Budget)
            : parsed.Type is '\0' or 's'
                ? parsed.Fit(PythonText.Str(value, context.Budget), context.Budget)
                : throw new TemplateException($"Unknown format code '{parsed.Type}' for object of type '{Python.TypeName(value)}'");
    }

    private static object? Resolve(string path, CallArguments arguments, ref int next)
    {
        int end = path.AsSpan().IndexOfAny('.', '[');
        string first = end < 0 ? path : path[..end];
        object? value = First(first, arguments, ref next);
        for (int i = first.Length; i < path.Length;)
        {
            int stop = path[i] == '[' ? path.IndexOf(']', i) : path.AsSpan(i + 1).IndexOfAny('.', '[') is >= 0 and int far ? i + 1 + far : path.Length;
            if (stop < 0)
            {
                throw new TemplateException("Missing ']' in format string");
            }

            string name = path[(i + 1)..stop];
            value = path[i] == '['
                ? Attributes.Item(value, long.TryParse(name, out long index) ? index : name)
                : Attributes.Get(value is TemplateDictionary ? new TemplateNamespace() : value, name);
            i = path[i] == '[' ? stop + 1 : stop;
        }

        return value;
    }

    private static object? First(string name, CallArguments arguments, ref int next)
    {
        int index = name.Length == 0 ? next++ : int.TryParse(name, out int given) ? given : -1;
        if (index >= 0)
        {
            return index < arguments.Positional.Count
                ? arguments.Positional[index]
                : throw new TemplateException($"Replacement index {index} out of range for positional args tuple");
        }

        return arguments.Named.Any(n => n.Key == name)
            ? arguments.Named.First(n => n.Key == name).Value
            : throw new TemplateException($"no value for '{name}' in the format");
    }
}
