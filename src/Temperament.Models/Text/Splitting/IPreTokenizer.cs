namespace Temperament.Models.Text.Splitting;

/// <summary>One step of what happens to a text before the vocabulary sees it: it is cut, or rewritten.</summary>
internal interface IPreTokenizer
{
    /// <summary>Cuts or rewrites one piece and hands on what comes of it; empty pieces are left out.</summary>
    void Split(in TextPiece piece, PieceSink target);
}
