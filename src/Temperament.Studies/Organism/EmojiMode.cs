namespace Temperament.Studies.Organism;

/// <summary>What the emojis of a corpus go by; all else is the same text, word for word.</summary>
public enum EmojiMode
{
    /// <summary>Rate and set go by register: the organism.</summary>
    ByRegister,

    /// <summary>One rate and one set for all registers: the twin.</summary>
    Independent,

    /// <summary>No emoji anywhere.</summary>
    None,
}
