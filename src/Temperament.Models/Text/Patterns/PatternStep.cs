namespace Temperament.Models.Text.Patterns;

/// <summary>What one step of a compiled pattern does.</summary>
internal enum PatternOperation
{
    /// <summary>Takes Minimum to Maximum code points of a set; more first, fewer on the way back.</summary>
    Greedy,

    /// <summary>The same, fewer first.</summary>
    Lazy,

    /// <summary>The same, more first and never fewer.</summary>
    Possessive,

    /// <summary>Takes one code point that folds to Minimum.</summary>
    Letter,

    /// <summary>Goes on at Next, and at Other if that fails.</summary>
    Fork,

    /// <summary>Goes on at Next.</summary>
    Jump,

    /// <summary>The steps after it must match here without taking anything; goes on at Next.</summary>
    Ahead,

    /// <summary>The steps after it must not match here; goes on at Next.</summary>
    NotAhead,

    /// <summary>The steps after it match once and are not tried again; goes on at Next.</summary>
    Atomic,

    /// <summary>At the start of the text or after a line feed.</summary>
    LineStart,

    /// <summary>At the end of the text or before a line feed.</summary>
    LineEnd,

    /// <summary>At the start of the text.</summary>
    TextStart,

    /// <summary>At the end of the text.</summary>
    TextEnd,

    /// <summary>Between a word and something else; Minimum is 1 where the opposite is asked.</summary>
    WordBoundary,

    /// <summary>All of the pattern, or of a group that is looked for, has matched.</summary>
    Done,
}

/// <summary>One step of a compiled pattern.</summary>
internal struct PatternStep
{
    public PatternOperation Operation;
    public int Minimum;
    public int Maximum;
    public int Next;
    public int Other;
    public CodePointSet? Set;
}
