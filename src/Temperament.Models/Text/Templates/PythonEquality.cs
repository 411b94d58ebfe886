namespace Temperament.Models.Text.Templates;

/// <summary>Equality of keys as the language has it: numbers by value, strings by text, lists cannot be keys.</summary>
internal sealed class PythonEquality : IEqualityComparer<object>
{
    public static readonly PythonEquality Instance = new();

    public new bool Equals(object? x, object? y) => ReferenceEquals(x, y) || Python.Equal(x, y);

    public int GetHashCode(object obj)
    {
        switch (obj)
        {
            case bool flag:
                return (flag ? 1L : 0L).GetHashCode();
            case long number:
                return number.GetHashCode();
            case double number when number == Math.Floor(number) && Math.Abs(number) < 9e18:
                return ((long)number).GetHashCode();
            case double number:
                return number.GetHashCode();
            case string text:
                return string.GetHashCode(text, StringComparison.Ordinal);
            case SafeString safe:
                return string.GetHashCode(safe.Text, StringComparison.Ordinal);
            case TemplateTuple tuple:
                TemplateBudget.CheckStack();
                var hash = default(HashCode);
                foreach (object? item in tuple.Items)
                {
                    hash.Add(item is null ? 0 : GetHashCode(item));
                }

                return hash.ToHashCode();
            case Undefined:
                return 0;
            case TemplateList or TemplateDictionary:
                throw new TemplateException($"unhashable type: '{Python.TypeName(obj)}'");
            default:
                return System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj);
        }
    }
}
