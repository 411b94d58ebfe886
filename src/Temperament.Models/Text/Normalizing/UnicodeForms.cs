using System.Globalization;

namespace Temperament.Models.Text.Normalizing;

/// <summary>
/// The data of the normalization forms (UAX #15), from a table that comes with the assembly: the framework's own forms need a library
/// of the system that is not everywhere.
/// </summary>
internal sealed class UnicodeForms
{
    private const string Resource = "Temperament.Models.Text.Normalizing.UnicodeForms.txt";
    private static readonly Lazy<UnicodeForms> Loaded = new(Load);

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<long, int> _composed = [];

    private UnicodeForms()
    {
    }

    /// <summary>The table.</summary>
    public static UnicodeForms Instance => Loaded.Value;

    /// <summary>Canonical combining class; 0 for a starter.</summary>
    public byte Class(int codePoint) => codePoint < 0x300 ? (byte)0 : _classes.GetValueOrDefault(codePoint);

    /// <summary>The whole decomposition, or null where there is none.</summary>
    public int[]? Decompose(int codePoint, bool compatible)
    {
        if (codePoint < 0xA0)
        {
            return null;
        }

        return compatible && _compatible.TryGetValue(codePoint, out int[]? wide) ? wide : _canonical.GetValueOrDefault(codePoint);
    }

    /// <summary>What two code points compose to, or -1.</summary>
    public int Compose(int first, int second) => _composed.TryGetValue(((long)first << 32) | (uint)second, out int whole) ? whole : -1;

    private static UnicodeForms Load()
    {
        using Stream stream = typeof(UnicodeForms).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly lacks {Resource}.");
        using var reader = new StreamReader(stream);
        var forms = new UnicodeForms();
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                forms.Add(line.Split(';'));
            }
        }

        return forms;
    }

    private void Add(string[] fields)
    {
        int codePoint = Hexadecimal(fields[0]);
        foreach (string field in fields.AsSpan(1))
        {
            switch (field[0])
            {
                case 'c':
                    _classes[codePoint] = byte.Parse(field.AsSpan(1), CultureInfo.InvariantCulture);
                    break;
                case '=':
                    _canonical[codePoint] = List(field);
                    break;
                case '~':
                    _compatible[codePoint] = List(field);
                    break;
                default:
                    int[] pair = List(field);
                    _composed[((long)pair[0] << 32) | (uint)pair[1]] = codePoint;
                    break;
            }
        }
    }

    private static int[] List(string field) => [.. field[1..].Split(' ').Select(Hexadecimal)];

    private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
