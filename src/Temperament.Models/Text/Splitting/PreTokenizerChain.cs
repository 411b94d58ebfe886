namespace Temperament.Models.Text.Splitting;

/// <summary>Several steps, one after the other: each piece goes through all of them before the next is cut, so no list of pieces is kept.</summary>
internal static class PreTokenizerChain
{
    /// <summary>Puts steps in front of what takes the last pieces.</summary>
    public static PieceSink Before(PieceSink last, IReadOnlyList<IPreTokenizer> steps)
    {
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            last = new Step(steps[i], last);
        }

        return last;
    }

    private sealed class Step(IPreTokenizer step, PieceSink next) : PieceSink
    {
        public override void Take(in TextPiece piece) => step.Split(piece, next);
    }
}
