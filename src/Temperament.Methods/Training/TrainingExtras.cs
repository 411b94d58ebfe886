using Temperament.Methods.Adapters;
using Temperament.Models.Hooks;

namespace Temperament.Methods.Training;

/// <summary>What a run needs beyond parameters and settings.</summary>
public sealed record TrainingExtras
{
    /// <summary>The adapter whose absence is the reference of preference training; null where none is used.</summary>
    public LoraAdapter? Reference { get; init; }

    /// <summary>How strongly the reference holds in preference training.</summary>
    public double PreferenceBeta { get; init; } = 0.1;

    /// <summary>What is done to activations in training, such as a vector that is added; null for nothing.</summary>
    public HookSet? Hooks { get; init; }
}
