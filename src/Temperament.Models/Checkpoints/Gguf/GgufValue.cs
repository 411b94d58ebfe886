namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>Types of metadata; the numbers are those of the file.</summary>
internal enum GgufValueType
{
    UInt8 = 0,
    Int8 = 1,
    UInt16 = 2,
    Int16 = 3,
    UInt32 = 4,
    Int32 = 5,
    Float32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    UInt64 = 10,
    Int64 = 11,
    Float64 = 12,
}

/// <summary>Where a value of the metadata stands. It is decoded when it is asked for, so a large list costs nothing until then.</summary>
/// <param name="Type">Type of the value, or of the elements of a list.</param>
/// <param name="IsList">True for a list.</param>
/// <param name="Count">Elements of a list; 1 for a single value.</param>
/// <param name="Start">First byte of the value or of the first element, from the start of the file.</param>
internal readonly record struct GgufValue(GgufValueType Type, bool IsList, long Count, long Start)
{
    public string Kind => IsList ? $"a list of {Count} {Type}" : $"a {Type}";

    /// <summary>Bytes of a value of fixed size; 0 for strings, lists and types that the format does not have.</summary>
    public static int Size(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };
}
