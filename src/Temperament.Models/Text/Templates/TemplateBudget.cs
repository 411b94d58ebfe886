using System.Runtime.CompilerServices;

namespace Temperament.Models.Text.Templates;

/// <summary>What one rendering may use: steps, characters and list entries. A hostile template runs into an error, not into the night.</summary>
internal sealed class TemplateBudget
{
    private const long MaxSteps = 4_000_000;
    private const long MaxString = 1 << 24;
    private const long MaxCharacters = 1 << 28;
    private const long MaxItems = 1 << 24;
    private const int MaxDepth = 300;

    private const long MaxWork = 1L << 30;

    [ThreadStatic]
    private static long work;

    private long _steps;
    private long _characters;
    private long _items;
    private int _depth;

    /// <summary>A rendering begins on this thread: its work is counted from nothing.</summary>
    public static void BeginWork() => work = 0;

    /// <summary>Counts what one operation on long values costs beyond its step: characters looked at, values compared.</summary>
    public static void Work(long amount)
    {
        work += amount;
        if (work > MaxWork)
        {
            work = 0;
            throw new TemplateException("The template compares, counts or indexes long values too often; it may loop without end.");
        }
    }

    /// <summary>Counts what looking for one text in another may cost: the product of their lengths, of which a thousand pairs are done in the time of one step.</summary>
    public static void Search(string text, string part) => Work((long)text.Length * part.Length >> 10);

    /// <summary>Counts one step.</summary>
    public void Step()
    {
        if (++_steps > MaxSteps)
        {
            throw new TemplateException($"The template took more than {MaxSteps:N0} steps; it may loop without end.");
        }
    }

    /// <summary>Counts a string that is about to be made.</summary>
    public void Characters(long length)
    {
        _characters += length;
        if (length > MaxString || _characters > MaxCharacters)
        {
            throw new TemplateException($"The template makes a string of {length:N0} characters, or {MaxCharacters:N0} in all; "
                + $"at most {MaxString:N0} in one string are allowed.");
        }
    }

    /// <summary>Counts entries of lists that are about to be made.</summary>
    public void Items(long count)
    {
        _items += count;
        if (_items > MaxItems)
        {
            throw new TemplateException($"The template makes lists of more than {MaxItems:N0} entries.");
        }
    }

    /// <summary>Goes one call deeper.</summary>
    public void Enter()
    {
        CheckStack();
        if (++_depth > MaxDepth)
        {
            throw new TemplateException($"The template calls itself more than {MaxDepth} deep.");
        }
    }

    /// <summary>Comes back from a call.</summary>
    public void Leave() => _depth--;

    /// <summary>Stops deep recursion with an exception instead of the end of the process.</summary>
    public static void CheckStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateException("The template nests too deep.");
        }
    }
}
