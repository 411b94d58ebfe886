using System.Diagnostics.CodeAnalysis;

namespace Temperament.Measures.Statistics;

/// <summary>Makes measured values of types that have no implicit conversion, as interfaces.</summary>
public static class Measured
{
    /// <summary>A value that was measured.</summary>
    /// <param name="value">The value.</param>
    /// <typeparam name="T">Type of the value.</typeparam>
    public static Measured<T> Of<T>(T value)
        where T : notnull => new(value, null, true);
}

/// <summary>A value, or the reason why there is none.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public readonly struct Measured<T>
    where T : notnull
{
    private readonly T? _value;
    private readonly string? _reason;

    internal Measured(T? value, string? reason, bool hasValue)
    {
        _value = value;
        _reason = reason;
        HasValue = hasValue;
    }

    /// <summary>True where there is a value.</summary>
    public bool HasValue { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message holds the reason.</exception>
    public T Value => HasValue ? _value! : throw new InvalidOperationException($"There is no value: {Reason}.");

    /// <summary>Why there is no value; null where there is one.</summary>
    public string? Reason => HasValue ? null : _reason ?? "never measured";

    /// <summary>Gives the value where there is one.</summary>
    /// <param name="value">The value, or the default.</param>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return HasValue;
    }

    /// <summary>Computes something of the value; a missing value stays missing with its reason.</summary>
    /// <param name="function">What to compute.</param>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    public Measured<TResult> Select<TResult>(Func<T, TResult> function)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(function);
        return HasValue ? Measured.Of(function(_value!)) : new Missing(Reason!);
    }

    /// <summary>The value or "missing: reason".</summary>
    public override string ToString() => HasValue ? $"{_value}" : $"missing: {Reason}";

    /// <summary>A value that was measured.</summary>
    /// <param name="value">The value.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The conversion is the constructor.")]
    public static implicit operator Measured<T>(T value) => new(value, null, true);

    /// <summary>No value.</summary>
    /// <param name="missing">The reason.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The conversion is the constructor.")]
    public static implicit operator Measured<T>(Missing missing) => new(default, missing.Reason, false);
}
