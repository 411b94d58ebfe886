using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Decoder;
using Temperament.Models.Text;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Quantization;
using Temperament.Tensors.Threading;

namespace Temperament.Models.Checkpoints;

/// <summary>
/// A decoder checkpoint of any kind: its shape, its text side, and its weights under the names and in the row order of Hugging Face.
/// </summary>
public abstract class ModelSource : IDisposable
{
    private readonly Lazy<Tokenizer> _tokenizer;
    private readonly Lazy<ChatTemplate?> _template;
    private readonly Lazy<string> _hash;

    /// <summary>Begins a source.</summary>
    /// <param name="path">File, folder or name, for messages.</param>
    /// <param name="config">Shape of the decoder.</param>
    protected ModelSource(string path, DecoderConfig config)
    {
        Path = path;
        Config = config;
        _tokenizer = new Lazy<Tokenizer>(ReadTokenizer);
        _template = new Lazy<ChatTemplate?>(ReadTemplate);
        _hash = new Lazy<string>(HashWeights);
    }

    /// <summary>File, folder or name.</summary>
    public string Path { get; }

    /// <summary>Shape of the decoder.</summary>
    public DecoderConfig Config { get; }

    /// <summary>Tokenizer, read when it is first asked for.</summary>
    /// <exception cref="CheckpointException">The checkpoint has none, or one of an unknown kind.</exception>
    public Tokenizer Tokenizer => _tokenizer.Value;

    /// <summary>Whether the checkpoint has a tokenizer.</summary>
    public virtual bool HasTokenizer => true;

    /// <summary>Chat template, read when it is first asked for; null where the checkpoint has none.</summary>
    public ChatTemplate? Template => _template.Value;

    /// <summary>Tokens that end an answer, by the configuration.</summary>
    public abstract IReadOnlyList<int> EosTokens { get; }

    /// <summary>SHA-256 of the stored weights in lower-case hexadecimal, computed when it is first asked for.</summary>
    public string WeightsHash => _hash.Value;

    /// <summary>Threads that share the reading of a weight; null to read on the calling thread. What is read is the same.</summary>
    public ComputePool? Pool { get; set; }

    /// <summary>What is stored, weight by weight, in the words of the checkpoint.</summary>
    public abstract IReadOnlyList<StoredWeight> StoredWeights { get; }

    /// <summary>Every weight of the decoder once, however it is stored.</summary>
    /// <exception cref="CheckpointException">The checkpoint holds weights that the decoder does not have.</exception>
    public virtual IReadOnlyList<WeightSlot> Weights => [.. WeightShapes.All(Config)];

    /// <summary>Opens a checkpoint: a GGUF file, or a Hugging Face folder.</summary>
    /// <param name="path">File or folder.</param>
    /// <exception cref="CheckpointException">There is nothing of this name, or it is no checkpoint of a known kind.</exception>
    public static ModelSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            return new HuggingFaceSource(new CheckpointFolder(path));
        }

        if (!File.Exists(path))
        {
            throw new CheckpointException(path, "nothing", "a folder with config.json and *.safetensors, or a .gguf file",
                "Check the path; \"organism\" names the model that comes with the tool.");
        }

        Pickles.Refuse(path);
        return path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? throw new CheckpointException(path, "a single safetensors file", "a folder with config.json and *.safetensors, or a .gguf file",
                "Give the folder, not the file.")
            : GgufSource.Open(path);
    }

    /// <summary>Reads a weight as float32.</summary>
    /// <param name="name">Name in the words of Hugging Face, "model.norm.weight" for one.</param>
    /// <returns>(rows, columns); a vector is one row.</returns>
    /// <exception cref="CheckpointException">The weight is missing or of another shape than the configuration says.</exception>
    public abstract Tensor LoadWeight(string name);

    /// <summary>Reads a weight that is stored in 4 bits as it is; null where it is stored otherwise.</summary>
    /// <param name="name">Name in the words of Hugging Face.</param>
    /// <exception cref="CheckpointException">Its parts are missing or do not fit.</exception>
    public virtual WeightMatrix? LoadQuantized(string name) => null;

    /// <summary>The format in which <see cref="LoadStored"/> gives a weight: that of the checkpoint where products are computed from it, else float32.</summary>
    /// <param name="name">Name in the words of Hugging Face.</param>
    public virtual WeightFormat FormatOf(string name) => WeightFormat.F32;

    /// <summary>Reads a weight as it is stored, where products are computed from that format; else widened, exactly, to float32.</summary>
    /// <param name="name">Name in the words of Hugging Face.</param>
    /// <exception cref="CheckpointException">The weight is missing or of another shape than the configuration says.</exception>
    public virtual WeightMatrix LoadStored(string name) => FormatOf(name) switch
    {
        WeightFormat.Nf4 => LoadQuantized(name)!,
        WeightFormat.Bf16 => WeightMatrix.FromBf16(LoadBf16(name)),
        _ => WeightMatrix.F32(LoadWeight(name)),
    };

    /// <summary>Reads a weight as bfloat16: its stored numbers where they are that, else rounded to the nearest, ties to even.</summary>
    /// <param name="name">Name in the words of Hugging Face.</param>
    /// <exception cref="CheckpointException">The weight is missing or of another shape than the configuration says.</exception>
    public virtual Bf16Matrix LoadBf16(string name) => Bf16Matrix.Round(LoadWeight(name));

    /// <summary>Reads a weight and packs it to NF4. Where the checkpoint holds bfloat16, nothing is widened in memory.</summary>
    /// <param name="name">Name in the words of Hugging Face.</param>
    /// <param name="doubleQuantize">Stores the scales in 8 bits too.</param>
    /// <param name="pool">Threads.</param>
    /// <exception cref="CheckpointException">The weight is missing or of another shape than the configuration says.</exception>
    public Nf4Matrix LoadNf4(string name, bool doubleQuantize, ComputePool pool)
    {
        (int rows, int columns) = WeightShapes.Of(Config, name);
        var matrix = new Nf4Matrix(rows, columns, doubleQuantize);
        try
        {
            LoadNf4Into(name, matrix, pool);
            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="LoadNf4"/>, in the place of another weight of the same shape: what reads a checkpoint weight by weight touches no new memory.</summary>
    /// <param name="name">Name in the words of Hugging Face.</param>
    /// <param name="into">Target, in whose form the scales are stored.</param>
    /// <param name="pool">Threads.</param>
    /// <exception cref="CheckpointException">The weight is missing or of another shape than the configuration says.</exception>
    public virtual void LoadNf4Into(string name, Nf4Matrix into, ComputePool pool) => Nf4.QuantizeInto(LoadWeight(name), into, pool);

    /// <summary>Gives back files and maps.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back files and maps.</summary>
    /// <param name="disposing">True where called by <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);

    /// <summary>Reads the tokenizer.</summary>
    protected abstract Tokenizer ReadTokenizer();

    /// <summary>Reads the chat template; null for none.</summary>
    protected abstract ChatTemplate? ReadTemplate();

    /// <summary>Hashes the stored weights.</summary>
    protected abstract string HashWeights();
}
