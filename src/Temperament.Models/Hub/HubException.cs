namespace Temperament.Models.Hub;

/// <summary>A model cannot be fetched; says what was asked, what the hub answered, and what can be done.</summary>
public sealed class HubException : Exception
{
    /// <summary>Describes the fault.</summary>
    /// <param name="address">What was asked for.</param>
    /// <param name="read">What came.</param>
    /// <param name="hint">What can be done.</param>
    /// <param name="inner">What caused it; null for nothing.</param>
    public HubException(string address, string read, string hint, Exception? inner = null)
        : base($"{address}: {read}. {hint}", inner) => Address = address;

    /// <summary>What was asked for.</summary>
    public string Address { get; }
}
