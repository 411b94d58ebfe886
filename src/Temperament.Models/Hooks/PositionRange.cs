namespace Temperament.Models.Hooks;

/// <summary>Positions of a sequence that an edit touches, counted from 0 whatever a cache holds. The default is all of them.</summary>
/// <param name="First">First position.</param>
/// <param name="Count">Number of positions; null for all that follow.</param>
public readonly record struct PositionRange(int First = 0, int? Count = null)
{
    /// <summary>Whether a position is touched.</summary>
    /// <param name="position">Position, from 0.</param>
    public bool Contains(int position) => position >= First && (Count is not int count || position - First < count);
}
