namespace Temperament.Models.Text.Splitting;

/// <summary>One step of what happens to a text before the vocabulary sees it: it is cut, or rewritten.</summary>
internal interface IPreTokenizer
{
    /// <summary>Cuts or rewrites one piece and adds what comes of it; empty pieces are left out.</summary>
    void Split(TextPiece piece, List<TextPiece> target);
}
