using System.Text;

namespace Temperament.Studies.Data.Import.Parquet;

/// <summary>A value of Thrift's compact protocol: a number, bytes, a list, or a struct by the numbers of its fields.</summary>
internal sealed class ThriftValue
{
    private static readonly UTF8Encoding Strict = new(false, true);

    private readonly long? _number;
    private readonly ReadOnlyMemory<byte>? _bytes;
    private readonly IReadOnlyDictionary<int, ThriftValue>? _fields;

    private ThriftValue(long? number, ReadOnlyMemory<byte>? bytes, IReadOnlyList<ThriftValue>? items, IReadOnlyDictionary<int, ThriftValue>? fields) =>
        (_number, _bytes, List, _fields) = (number, bytes, items, fields);

    /// <summary>The items of a list or set; null for anything else.</summary>
    public IReadOnlyList<ThriftValue>? List { get; }

    public static ThriftValue Of(long number) => new(number, null, null, null);

    public static ThriftValue Of(ReadOnlyMemory<byte> bytes) => new(null, bytes, null, null);

    public static ThriftValue Of(IReadOnlyList<ThriftValue> items) => new(null, null, items, null);

    public static ThriftValue Of(IReadOnlyDictionary<int, ThriftValue> fields) => new(null, null, null, fields);

    /// <summary>A number among the fields.</summary>
    /// <param name="field">Number of the field.</param>
    /// <param name="otherwise">What an absent field means; null if it must be there.</param>
    /// <exception cref="InvalidDataException">It is absent, or no number.</exception>
    public long Number(int field, long? otherwise = null) =>
        _fields?.GetValueOrDefault(field) is { } value ? value._number ?? throw Wrong(field, "a number") : otherwise ?? throw Wrong(field, "a number");

    /// <summary>A text among the fields.</summary>
    /// <param name="field">Number of the field.</param>
    /// <exception cref="InvalidDataException">It is absent, or no text in UTF-8.</exception>
    public string Text(int field) => _fields?.GetValueOrDefault(field) is { _bytes: not null } value ? value.Text() : throw Wrong(field, "a text");

    /// <summary>This value as text.</summary>
    /// <exception cref="InvalidDataException">It is none, or not in UTF-8.</exception>
    public string Text()
    {
        try
        {
            return Strict.GetString((_bytes ?? throw new InvalidDataException("a value that is no text where one must stand")).Span);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException("a name that is not in UTF-8", error);
        }
    }

    /// <summary>A list among the fields; empty if it is absent.</summary>
    /// <param name="field">Number of the field.</param>
    /// <exception cref="InvalidDataException">It is no list.</exception>
    public IReadOnlyList<ThriftValue> Items(int field) => _fields?.GetValueOrDefault(field) is { } value ? value.List ?? throw Wrong(field, "a list") : [];

    /// <summary>A struct among the fields; null if it is absent.</summary>
    /// <param name="field">Number of the field.</param>
    /// <exception cref="InvalidDataException">It is no struct.</exception>
    public ThriftValue? Struct(int field) => _fields?.GetValueOrDefault(field) is { } value ? value._fields is not null ? value : throw Wrong(field, "a struct") : null;

    private static InvalidDataException Wrong(int field, string expected) => new($"metadata whose field {field} is not {expected}");
}
