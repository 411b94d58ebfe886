namespace Temperament.Models.Text.Splitting;

/// <summary>Takes pieces as they are cut.</summary>
internal abstract class PieceSink
{
    /// <summary>Takes the next piece; it is not empty.</summary>
    public abstract void Take(in TextPiece piece);
}
