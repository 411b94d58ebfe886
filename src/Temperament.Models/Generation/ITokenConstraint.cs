namespace Temperament.Models.Generation;

/// <summary>Something that answers must not contain, which depends on what was written so far.</summary>
public interface ITokenConstraint
{
    /// <summary>Begins an answer.</summary>
    ITokenConstraintState Begin();
}

/// <summary>A constraint in the middle of one answer.</summary>
public interface ITokenConstraintState
{
    /// <summary>Sets the logits of the tokens that must not come next to negative infinity.</summary>
    /// <param name="logits">(V) logits.</param>
    void Apply(Span<float> logits);

    /// <summary>Follows the answer.</summary>
    /// <param name="token">The token that was appended.</param>
    void Append(int token);
}
