namespace Temperament.Studies.Data.Import;

/// <summary>A row of a foreign file: an opinion, or the reason why it is left out.</summary>
/// <param name="Place">Where it stands, as in "line 3" or "item 3".</param>
/// <param name="Opinion">The opinion; null if the row is left out.</param>
/// <param name="Reason">Why it is left out, as in "the output is null"; null if it is not.</param>
internal readonly record struct ImportedCase(string Place, Opinion? Opinion, string? Reason)
{
    public static ImportedCase Of(string place, Opinion opinion) => new(place, opinion, null);

    public static ImportedCase Without(string place, string reason) => new(place, null, reason);
}
