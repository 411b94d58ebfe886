using Temperament.Tensors.Memory;

namespace Temperament.Tensors.Quantization;

/// <summary>
/// (N, K) weights in NF4: 4-bit codes, and one scale per <see cref="BlockSize"/> consecutive weights of the row-major flattened matrix, across
/// row ends. Dettmers et al. 2023, https://arxiv.org/abs/2305.14314. In memory 64 outputs lie side by side, as kernels want them; files hold
/// the order of the flattened matrix, which the methods named Stored give.
/// </summary>
public sealed unsafe class Nf4Matrix : IDisposable
{
    /// <summary>Weights that share a scale.</summary>
    public const int BlockSize = 64;

    /// <summary>Scales that share a second scale under double quantisation.</summary>
    public const int NestedBlockSize = 256;

    private readonly AlignedBuffer<uint> _words;
    private readonly AlignedBuffer<float>? _scales;
    private readonly AlignedBuffer<byte>? _scaleCodes;

    /// <summary>Memory for a matrix. What it holds is undefined until <see cref="Nf4"/> packs weights into it.</summary>
    /// <param name="outputs">N.</param>
    /// <param name="inputs">K.</param>
    /// <param name="doubleQuantized">Whether the scales are stored in 8 bits.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public Nf4Matrix(int outputs, int inputs, bool doubleQuantized)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outputs);
        ArgumentOutOfRangeException.ThrowIfNegative(inputs);
        Outputs = outputs;
        Inputs = inputs;
        long blocks = (((long)outputs * inputs) + BlockSize - 1) / BlockSize, bands = Nf4View.Bands(outputs);
        long scales = inputs % BlockSize == 0 ? bands * Nf4View.Band * (inputs / BlockSize) : blocks;

        // Whole bands of whole blocks are written to the last bit by whoever fills the matrix: its threads touch the memory first.
        bool isWhole = inputs % BlockSize == 0 && outputs % Nf4View.Band == 0;
        _words = Buffer<uint>(bands * Nf4View.Band * Nf4View.WordsOfRow(inputs), isWhole);
        if (doubleQuantized)
        {
            _scaleCodes = Buffer<byte>(scales, isWhole);
            NestedAbsMax = new AlignedBuffer<float>((blocks + NestedBlockSize - 1) / NestedBlockSize);
        }
        else
        {
            _scales = Buffer<float>(scales, isWhole);
        }
    }

    /// <summary>Rows, N.</summary>
    public int Outputs { get; }

    /// <summary>Columns, K.</summary>
    public int Inputs { get; }

    /// <summary>The scale of each 256 scale codes; null without double quantisation.</summary>
    public AlignedBuffer<float>? NestedAbsMax { get; }

    /// <summary>Mean of the scales, taken off before they are quantised; 0 without double quantisation.</summary>
    public float Offset { get; internal set; }

    /// <summary>True where the scales are quantised too.</summary>
    public bool IsDoubleQuantized => _scaleCodes is not null;

    /// <summary>Size in bytes of codes and scales in memory.</summary>
    public long Bytes => _words.Bytes + (_scales?.Bytes ?? 0) + (_scaleCodes?.Bytes ?? 0) + (NestedAbsMax?.Bytes ?? 0);

    /// <summary>Where codes and scales lie, with their sizes; the caller keeps this matrix alive.</summary>
    internal IEnumerable<(nint Start, long Bytes)> Memory =>
    [
        ((nint)_words.Pointer, _words.Bytes),
        .. _scales is null ? [] : new[] { ((nint)_scales.Pointer, _scales.Bytes) },
        .. _scaleCodes is null ? [] : new[] { ((nint)_scaleCodes.Pointer, _scaleCodes.Bytes) },
        .. NestedAbsMax is null ? [] : new[] { ((nint)NestedAbsMax.Pointer, NestedAbsMax.Bytes) },
    ];

    /// <summary>One weight: level[code] * scale, one rounding.</summary>
    /// <param name="output">Row.</param>
    /// <param name="input">Column.</param>
    public float this[int output, int input]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)output, (uint)Outputs);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)input, (uint)Inputs);
            float weight = Nf4Codebook.Levels[View.Code(output, input)] * View.Scale(output, input);
            GC.KeepAlive(this);
            return weight;
        }
    }

    /// <summary>The addresses, for kernels; the caller keeps this matrix alive.</summary>
    internal Nf4View View => new(
        _words.Pointer,
        _scales is null ? null : _scales.Pointer,
        _scaleCodes is null ? null : _scaleCodes.Pointer,
        NestedAbsMax is null ? null : NestedAbsMax.Pointer,
        Offset,
        Outputs,
        Inputs);

    /// <summary>The codes in the order of bitsandbytes: ceil(N*K / 2) bytes, the first of two codes in the high nibble.</summary>
    public byte[] StoredCodes()
    {
        byte[] codes = new byte[(((long)Outputs * Inputs) + 1) / 2];
        Nf4Order.Store(View, codes);
        GC.KeepAlive(this);
        return codes;
    }

    /// <summary>The scale of each block of the flattened matrix as it reads: under double quantisation, after the round trip.</summary>
    public float[] StoredAbsMax()
    {
        Nf4View view = View;
        float[] scales = new float[view.Blocks];
        for (long block = 0; block < scales.Length; block++)
        {
            scales[block] = view.Scale(block, view.ScaleAt(block));
        }

        GC.KeepAlive(this);
        return scales;
    }

    /// <summary>The 8-bit code of the scale of each block of the flattened matrix.</summary>
    /// <exception cref="InvalidOperationException">The matrix has float32 scales.</exception>
    public byte[] StoredAbsMaxCodes()
    {
        Nf4View view = View;
        if (view.ScaleCodes is null)
        {
            throw new InvalidOperationException("The scales of this matrix are float32: it was not quantised twice.");
        }

        byte[] codes = new byte[view.Blocks];
        for (long block = 0; block < codes.Length; block++)
        {
            codes[block] = view.ScaleCodes[view.ScaleAt(block)];
        }

        GC.KeepAlive(this);
        return codes;
    }

    /// <summary>The same weights elsewhere in memory.</summary>
    internal Nf4Matrix Copy()
    {
        var copy = new Nf4Matrix(Outputs, Inputs, IsDoubleQuantized) { Offset = Offset };
        Copy(_words, copy._words);
        Copy(_scales, copy._scales);
        Copy(_scaleCodes, copy._scaleCodes);
        Copy(NestedAbsMax, copy.NestedAbsMax);
        GC.KeepAlive(this);
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _words.Dispose();
        _scales?.Dispose();
        _scaleCodes?.Dispose();
        NestedAbsMax?.Dispose();
    }

    private static AlignedBuffer<T> Buffer<T>(long length, bool isWritten)
        where T : unmanaged => isWritten ? AlignedBuffer<T>.Unset(length) : new AlignedBuffer<T>(length);

    private static void Copy<T>(AlignedBuffer<T>? from, AlignedBuffer<T>? to)
        where T : unmanaged
    {
        if (from is not null && to is not null)
        {
            System.Buffer.MemoryCopy(from.Pointer, to.Pointer, to.Bytes, from.Bytes);
        }
    }
}
