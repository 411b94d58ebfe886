using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Decoder;
using Temperament.Models.Text;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;

namespace Temperament.Models;

/// <summary>A model that can be run: weights, tokenizer and chat template of one checkpoint.</summary>
public sealed class LanguageModel : IDisposable
{
    private readonly ModelSource _source;
    private readonly Task _textSide;
    private readonly Lazy<ChatEncoder?> _chat;
    private readonly Lazy<IReadOnlySet<int>> _stopTokens;

    private LanguageModel(ModelSource source, Task textSide, DecoderNetwork network, BaseQuantization quantization)
    {
        _source = source;
        _textSide = textSide;
        Network = network;
        Quantization = quantization;
        _chat = new Lazy<ChatEncoder?>(() => source.Template is { } template ? new ChatEncoder(source.Tokenizer, template) : null);
        _stopTokens = new Lazy<IReadOnlySet<int>>(() =>
        {
            var stops = new HashSet<int>(source.EosTokens);
            if (Chat?.StopToken is int stop)
            {
                stops.Add(stop);
            }

            return stops;
        });
    }

    /// <summary>The network.</summary>
    public DecoderNetwork Network { get; }

    /// <summary>Shape of the network.</summary>
    public DecoderConfig Config => Network.Config;

    /// <summary>Tokenizer.</summary>
    public Tokenizer Tokenizer => _source.Tokenizer;

    /// <summary>Turns conversations into tokens by the checkpoint's template; null where it has none.</summary>
    public ChatEncoder? Chat => _chat.Value;

    /// <summary>Tokens that end an answer: those of the configuration and the terminator that the template writes.</summary>
    public IReadOnlySet<int> StopTokens => _stopTokens.Value;

    /// <summary>How the linear layers are stored.</summary>
    public BaseQuantization Quantization { get; }

    /// <summary>Path or name of the checkpoint.</summary>
    public string Path => _source.Path;

    /// <summary>SHA-256 of the weights as stored, in hexadecimal.</summary>
    public string WeightsHash => _source.WeightsHash;

    /// <summary>How the checkpoint stores a weight, however it is held here.</summary>
    /// <param name="name">Name, as Hugging Face has it.</param>
    public WeightFormat StoredFormatOf(string name) => _source.FormatOf(name);

    /// <summary>Threads.</summary>
    public ComputePool Pool => Network.Pool;

    /// <summary>The chat encoder, or an error that says that the checkpoint has no template.</summary>
    /// <exception cref="CheckpointException">The checkpoint has no chat template.</exception>
    public ChatEncoder RequireChat() => Chat ?? throw new CheckpointException(
        Path, "no chat template", "tokenizer_config.json with chat_template, or tokenizer.chat_template in a GGUF file",
        "Take the instruction-tuned version of the model.");

    /// <summary>Writes the files of the text side as a Hugging Face folder has them: tokenizer, chat template, generation settings.</summary>
    /// <param name="folder">Folder that exists.</param>
    public void WriteTextFiles(string folder) => TextFiles.WriteText(folder, _source);

    /// <summary>Loads a model.</summary>
    /// <param name="source">Checkpoint; the model disposes of it.</param>
    /// <param name="pool">Threads; stays the caller's.</param>
    /// <param name="quantization">How the linear layers of the blocks are stored. Embeddings and head stay as the checkpoint has them, norms and biases are float32.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape than the configuration says.</exception>
    public static LanguageModel Load(ModelSource source, ComputePool pool, BaseQuantization quantization = BaseQuantization.None)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(pool);
        source.Pool = pool;
        WeightMatrix Store(string name) => quantization switch
        {
            BaseQuantization.None => source.LoadStored(name),
            BaseQuantization.F32 => WeightMatrix.F32(source.LoadWeight(name)),
            _ when source.LoadQuantized(name) is { } packed => packed,
            BaseQuantization.Bf16 => WeightMatrix.FromBf16(source.LoadBf16(name)),
            _ => WeightMatrix.FromNf4(source.LoadNf4(name, quantization == BaseQuantization.Nf4Double, pool)),
        };

        // A table is looked up row by row and its gradient is summed in parts, which NF4 is not made for.
        WeightMatrix Table(string name) => quantization != BaseQuantization.F32 && source.FormatOf(name) != WeightFormat.Nf4
            ? source.LoadStored(name) : WeightMatrix.F32(source.LoadWeight(name));

        // The tokenizer is read meanwhile by a thread of its own; what is wrong with it is told to whoever asks for it.
        Task textSide = Task.Run(() => source.HasTokenizer ? source.Tokenizer : null);
        try
        {
            var weights = new DecoderWeights(source.Config, source.LoadWeight, Store, Table);
            source.Pool = null;
            return new LanguageModel(source, textSide, new DecoderNetwork(source.Config, weights, pool), quantization);
        }
        catch
        {
            Task.WaitAny(textSide);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Task.WaitAny(_textSide);
        _source.Dispose();
    }
}
