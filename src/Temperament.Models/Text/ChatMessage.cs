namespace Temperament.Models.Text;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">"system", "user" or "assistant".</param>
/// <param name="Content">Text of the turn.</param>
public sealed record ChatMessage(string Role, string Content);
