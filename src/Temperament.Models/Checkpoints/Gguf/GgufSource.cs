using System.Runtime.InteropServices;
using Temperament.Models.Text;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;

namespace Temperament.Models.Checkpoints.Gguf;

/// <summary>
/// A GGUF file of a known architecture. Weights are brought into the form of Hugging Face, in the format of the file or widened to float32: in "llama" the rows of
/// queries and keys go from the file's order (pairs of neighbours are rotated) to halves of a head, and Gemma's norms lose the 1.
/// </summary>
public sealed class GgufSource : ModelSource
{
    private static readonly string[] EndKeys = ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];

    private readonly GgufFile _file;

    private GgufSource(GgufFile file)
        : base(file.Path, GgufShape.Read(file)) => _file = file;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EosTokens =>
        [.. EndKeys
            .Select(_file.FindInteger)
            .Where(id => id >= 0 && id < Config.VocabularySize)
            .Select(id => (int)id!.Value)
            .Distinct()];

    /// <inheritdoc/>
    public override bool HasTokenizer => _file.Keys.Contains("tokenizer.ggml.model");

    /// <summary>The file itself.</summary>
    public GgufFile File => _file;

    /// <inheritdoc/>
    public override IReadOnlyList<StoredWeight> StoredWeights =>
        [.. _file.Tensors.Values.Select(t => new StoredWeight(t.Name, t.TypeName, t.Rows * t.Columns, t.Length))];

    /// <summary>Opens a file; its header is read and checked, weights are not.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="CheckpointException">The file is missing or damaged, or of another architecture.</exception>
    public static new GgufSource Open(string path) => Of(GgufFile.Open(path));

    /// <summary>Takes an open file; the source disposes of it.</summary>
    /// <param name="file">File.</param>
    /// <exception cref="CheckpointException">The file is damaged, or of another architecture.</exception>
    public static GgufSource Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            return new GgufSource(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Tensor LoadWeight(string name) => GgufLayout.FromFile(Config, name, _file.ReadWeight(Stored(name), Pool, HeadSize(name)));

    /// <inheritdoc/>
    public override WeightFormat FormatOf(string name) =>
        WeightShapes.Of(Config, name).Rows > 1 && _file.Tensors.TryGetValue(Stored(name), out GgufTensor? entry) ? HeldAs(entry.Type) : WeightFormat.F32;

    /// <inheritdoc/>
    public override WeightMatrix LoadStored(string name)
    {
        WeightFormat format = FormatOf(name);
        if (format is WeightFormat.F32 or WeightFormat.Bf16)
        {
            return base.LoadStored(name);
        }

        (int rows, int columns) = WeightShapes.Of(Config, name);
        var matrix = new BlockMatrix(format, rows, columns);
        if (_file.ReadRows(Stored(name), Pool, HeadSize(name), matrix.Store))
        {
            return WeightMatrix.FromBlocks(matrix);
        }

        // Reading the numbers tells which of them is not finite.
        matrix.Dispose();
        return WeightMatrix.F32(LoadWeight(name));
    }

    /// <inheritdoc/>
    public override Bf16Matrix LoadBf16(string name)
    {
        if (FormatOf(name) != WeightFormat.Bf16)
        {
            return base.LoadBf16(name);
        }

        (int rows, int columns) = WeightShapes.Of(Config, name);
        var matrix = new Bf16Matrix(rows, columns);
        _file.ReadRows(Stored(name), Pool, HeadSize(name), (row, bytes) =>
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(matrix.Row(row)));
            FiniteWeights.Check(Path, name, matrix.Row(row), row);
            return true;
        });
        return matrix;
    }

    private static WeightFormat HeldAs(GgufType type) => type switch
    {
        GgufType.Bf16 => WeightFormat.Bf16,
        GgufType.Q40 => WeightFormat.Q40,
        GgufType.Q41 => WeightFormat.Q41,
        GgufType.Q50 => WeightFormat.Q50,
        GgufType.Q51 => WeightFormat.Q51,
        GgufType.Q80 => WeightFormat.Q80,
        GgufType.Iq4Nl => WeightFormat.Iq4Nl,
        _ => WeightFormat.F32,
    };

    private int HeadSize(string name) => GgufLayout.Reorders(Config, name) ? Config.HeadSize : 0;

    private string Stored(string name)
    {
        (int rows, int columns) = WeightShapes.Of(Config, name);
        string stored = GgufNames.Of(Config, name);
        if (_file.Tensors.TryGetValue(stored, out GgufTensor? entry) && (entry.Rows != rows || entry.Columns != columns))
        {
            throw new CheckpointException(Path, $"{stored} of shape ({string.Join(", ", entry.Shape)})", $"({rows}, {columns}) by the metadata",
                "Weights and metadata are of different models.");
        }

        return stored;
    }

    /// <inheritdoc/>
    protected override Tokenizer ReadTokenizer() => Tokenizer.FromGguf(_file);

    /// <inheritdoc/>
    protected override ChatTemplate? ReadTemplate() =>
        _file.FindString("tokenizer.chat_template") is { } jinja ? ChatTemplate.Parse(jinja, Path) : null;

    /// <inheritdoc/>
    protected override string HashWeights() => _file.ComputeHash();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _file.Dispose();
}
