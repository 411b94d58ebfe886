namespace Temperament.Models.Text.Templates;

/// <summary>The filters by name.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Func<RenderContext, object?, CallArguments, object?>> All =
        new(TextFilters.All.Concat(ListFilters.All).Concat(NumberFilters.All), StringComparer.Ordinal);

    public static bool Exists(string name) => All.ContainsKey(name);

    public static object? Apply(RenderContext context, string name, object? value, CallArguments arguments)
    {
        context.Budget.Step();
        return All.TryGetValue(name, out Func<RenderContext, object?, CallArguments, object?>? filter)
            ? filter(context, value, arguments)
            : throw new TemplateException($"No filter named '{name}' found.");
    }
}
