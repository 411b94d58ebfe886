namespace Temperament.Studies.Data.Classification;

/// <summary>Training and test rows cannot be used together; the message says why.</summary>
/// <param name="message">Why.</param>
public sealed class OpinionsDoNotFitException(string message) : Exception(message);
