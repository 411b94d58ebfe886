namespace Temperament.Studies.Data.Import;

/// <summary>A form in which others publish opinions.</summary>
public enum ImportFormat
{
    /// <summary>CSV with the published columns.</summary>
    Published,

    /// <summary>PersonalityEdit: a JSON array of topics, <c>ent</c> with one list of answers for each trait.</summary>
    PersonalityEdit,

    /// <summary>Conversations: JSON or JSON Lines with <c>messages</c> of <c>role</c> and <c>content</c>.</summary>
    Messages,

    /// <summary>Alpaca: JSON or JSON Lines with <c>instruction</c>, <c>input</c> and <c>output</c>; the question is the instruction and the input.</summary>
    Alpaca,

    /// <summary>FinePE: as Alpaca, one file for each of 60 sub-traits, named after it; the question is the input.</summary>
    FinePE,

    /// <summary>Parquet with the published columns.</summary>
    Parquet,
}
