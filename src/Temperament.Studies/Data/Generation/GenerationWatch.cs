namespace Temperament.Studies.Data.Generation;

/// <summary>Who is told how far a generation is.</summary>
/// <param name="Progress">Told after each reply how many answers are there and how many replies came; null for nobody.</param>
/// <param name="Retrying">Told before each wait what failed, and when it is sent again; null for nobody.</param>
public sealed record GenerationWatch(Action<int, int>? Progress = null, Action<string>? Retrying = null);
