namespace Temperament.Studies.Data;

/// <summary>The part of the data that a topic belongs to; a topic is in one part only.</summary>
public enum DataPart
{
    /// <summary>Topics that methods may be fitted to.</summary>
    Train,

    /// <summary>Topics on which settings are chosen.</summary>
    Validation,

    /// <summary>Topics of the reported results.</summary>
    Test,
}
