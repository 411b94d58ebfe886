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

    /// <summary>The strings as they are, one after the other.</summary>
    Plain,
}
