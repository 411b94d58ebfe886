namespace Temperament.Models.Text.Splitting;

/// <summary>Turns a row of parts, found or between two found ones, into pieces as a behaviour says.</summary>
internal ref struct PieceCutter(TextPiece piece, SplitBehavior behavior, PieceSink target)
{
    private int _open;
    private int _end;
    private bool _openFound;
    private bool _any;

    /// <summary>Adds the next part; parts follow each other without a gap.</summary>
    public void Add(int length, bool found)
    {
        if (length == 0)
        {
            return;
        }

        bool joins = _any && behavior switch
        {
            SplitBehavior.MergedWithPrevious => found && !_openFound,
            SplitBehavior.MergedWithNext => !found && _openFound,
            SplitBehavior.Contiguous => found == _openFound,
            _ => false,
        };
        if (!joins)
        {
            Close();
            _open = _end;
        }

        _end += length;
        // A found part that was merged backwards is closed: the next found part stands alone.
        _openFound = found;
        _any = true;
    }

    /// <summary>Adds the last piece.</summary>
    public void Close()
    {
        if (_any && _end > _open && !(behavior == SplitBehavior.Removed && _openFound))
        {
            target.Take(piece.Slice(_open, _end - _open));
        }
    }
}
