namespace Temperament.Models.Text;

/// <summary>What a token of a GGUF vocabulary is; the numbers are those of the file.</summary>
internal enum GgufTokenType
{
    /// <summary>Not said.</summary>
    Undefined = 0,

    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Stands for what cannot be written.</summary>
    Unknown = 2,

    /// <summary>Steers the model.</summary>
    Control = 3,

    /// <summary>Text that is looked for before anything else.</summary>
    UserDefined = 4,

    /// <summary>Nothing.</summary>
    Unused = 5,

    /// <summary>A single byte.</summary>
    Byte = 6,
}
