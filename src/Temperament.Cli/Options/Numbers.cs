using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Temperament.Cli.Options;

/// <summary>Options that are numbers within limits; what does not fit is answered with the limits.</summary>
internal static class Numbers
{
    /// <summary>A whole number.</summary>
    public static Option<int> Integer(string name, string helpName, string description, int least, int most = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            if (int.TryParse(Text(result), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
            {
                return value;
            }

            result.AddError($"{name} takes a whole number {Range(least, most == int.MaxValue ? null : most)}; \"{Text(result)}\" was given.");
            return least;
        },
    };

    /// <summary>A whole number with a default.</summary>
    public static Option<int> Integer(string name, string helpName, string description, int least, int most, int otherwise)
    {
        Option<int> option = Integer(name, helpName, description, least, most);
        option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    /// <summary>A whole number of 64 bits, as for seeds.</summary>
    public static Option<long> Seed(string description) => new("--seed")
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => 0,
        CustomParser = result =>
        {
            if (long.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
            {
                return value;
            }

            result.AddError($"--seed takes a whole number; \"{Text(result)}\" was given.");
            return 0;
        },
    };

    /// <summary>A real number with a default.</summary>
    public static Option<double> Real(string name, string helpName, string description, double least, double most, double otherwise) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (double.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most)
            {
                return value;
            }

            result.AddError($"{name} takes a number {Range(least, most)}; \"{Text(result)}\" was given.");
            return otherwise;
        },
    };

    /// <summary>Whole numbers with commas between them; the option may be given again for another list.</summary>
    public static Option<int[][]> Lists(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Required = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => [.. result.Tokens.Select(token => List(result, name, token.Value))],
    };

    /// <summary>Whole numbers with commas between them; none where the option is not given.</summary>
    public static Option<int[]> List(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => [],
        CustomParser = result => List(result, name, Text(result)),
    };

    private static int[] List(ArgumentResult result, string name, string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var values = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out values[i]))
            {
                result.AddError($"{name} takes whole numbers with commas between them, as in 1,15,7; \"{parts[i]}\" is none.");
                return [];
            }
        }

        return values;
    }

    private static string Text(ArgumentResult result) => result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;

    private static string Range(double least, double? most) => most is double limit
        ? string.Create(CultureInfo.InvariantCulture, $"from {least} to {limit}")
        : string.Create(CultureInfo.InvariantCulture, $"of at least {least}");
}
