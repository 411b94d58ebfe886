namespace Temperament.Models.Text;

/// <summary>A chat template is not right, refuses the conversation, or takes more work or memory than a template may.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>Describes the fault.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="isRaised">Whether the template itself refused, with this message.</param>
    public TemplateException(string message, bool isRaised = false)
        : base(message)
    {
        IsRaised = isRaised;
    }

    internal TemplateException(string message, bool isRaised, Exception inner)
        : base(message, inner)
    {
        IsRaised = isRaised;
    }

    /// <summary>Whether the template itself refused the conversation (<c>raise_exception</c>).</summary>
    public bool IsRaised { get; }
}
