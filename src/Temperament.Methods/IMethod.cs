using Temperament.Models.Text;

namespace Temperament.Methods;

/// <summary>A way to move a model towards a pole of a trait: by what it is asked, or by what it is trained on.</summary>
public interface IMethod
{
    /// <summary>Name in study files and tables.</summary>
    string Name { get; }

    /// <summary>True where an adapter is trained on opinions of the target before questions are asked.</summary>
    bool TrainsAdapter { get; }

    /// <summary>The conversation that is put to the model.</summary>
    /// <param name="target">Pole of a trait that is aimed at.</param>
    /// <param name="topic">What the question is about.</param>
    /// <param name="question">The question.</param>
    /// <returns>Messages up to and including the user's turn.</returns>
    IReadOnlyList<ChatMessage> Messages(TraitTarget target, string topic, string question);
}
