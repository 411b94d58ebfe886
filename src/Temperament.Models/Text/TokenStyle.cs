namespace Temperament.Models.Text;

/// <summary>How the strings of a vocabulary are turned back into text.</summary>
internal enum TokenStyle
{
    /// <summary>Characters of GPT-2's byte table.</summary>
    ByteLevel,

    /// <summary>SentencePiece: the mark is a space, and names such as &lt;0x0A&gt; are bytes.</summary>
    ByteFallback,

    /// <summary>SentencePiece without bytes: the mark is a space.</summary>
    Metaspace,

    /// <summary>WordPiece: ## continues a word, other tokens begin one.</summary>
    WordPiece,

    /// <summary>Whole words, with spaces between them.</summary>
    Words,

    /// <summary>The strings as they are, one after the other.</summary>
    Plain,
}

/// <summary>What becomes of the space that stands for the start of a text in SentencePiece vocabularies.</summary>
internal enum LeadingSpace
{
    /// <summary>It is text like any other.</summary>
    Kept,

    /// <summary>One space of the first token is dropped.</summary>
    DropsOne,

    /// <summary>One space of each token is dropped until there is text.</summary>
    DropsUntilText,
}
