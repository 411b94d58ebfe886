using Temperament.Models.Text;

namespace Temperament.Studies.Organism;

/// <summary>The kinds of pretraining documents.</summary>
public enum DocumentKind
{
    /// <summary>Neutral sentences about one topic.</summary>
    Prose,

    /// <summary>A post in a register.</summary>
    Post,

    /// <summary>A question with a neutral answer.</summary>
    Question,
}

/// <summary>One pretraining document.</summary>
/// <param name="Kind">What kind it is.</param>
/// <param name="Register">Whose register a post is in; neutral for the other kinds.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Text">The text.</param>
public sealed record CorpusDocument(DocumentKind Kind, TraitTarget Register, Topic Topic, string Text);
