namespace Temperament.Models.Text;

/// <summary>A token that is looked for in the text before anything else happens to it.</summary>
/// <param name="Id">Id.</param>
/// <param name="Content">Its text.</param>
internal sealed record AddedToken(int Id, string Content)
{
    /// <summary>Matches only between characters that are not parts of words.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Takes the white space before it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Takes the white space behind it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Is looked for in the normalised text.</summary>
    public bool Normalized { get; init; }

    /// <summary>Steers the model and is no text of its own.</summary>
    public bool Special { get; init; }
}
