using System.Security.Cryptography;
using System.Text;
using Temperament.Models.Text;
using Temperament.Tensors.Memory;

namespace Temperament.Models.Checkpoints.Writing;

/// <summary>A checkpoint whose weights are changed while they are read: an adapter added, or numbers rounded. All of them read as float32.</summary>
public sealed class EditedSource : ModelSource
{
    private readonly ModelSource _inner;
    private readonly string _what;
    private readonly Func<WeightSlot, Tensor, Tensor> _edit;
    private readonly Dictionary<string, WeightSlot> _slots;

    /// <summary>Names the change.</summary>
    /// <param name="inner">The checkpoint; it stays the caller's.</param>
    /// <param name="what">What is changed, for the hash: the same words must stand for the same change.</param>
    /// <param name="edit">Gives the changed weight; it may change the tensor that it is given.</param>
    public EditedSource(ModelSource inner, string what, Func<WeightSlot, Tensor, Tensor> edit)
        : base(inner?.Path ?? throw new ArgumentNullException(nameof(inner)), inner.Config)
    {
        _inner = inner;
        _what = what;
        _edit = edit;
        _slots = inner.Weights.ToDictionary(slot => slot.Name, StringComparer.Ordinal);
    }

    /// <summary>The checkpoint that is changed.</summary>
    public ModelSource Inner => _inner;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EosTokens => _inner.EosTokens;

    /// <inheritdoc/>
    public override IReadOnlyList<StoredWeight> StoredWeights => [.. Weights.Select(w => new StoredWeight(w.Name, "F32", w.Count, w.Count * 4))];

    /// <inheritdoc/>
    public override IReadOnlyList<WeightSlot> Weights => _inner.Weights;

    /// <inheritdoc/>
    public override bool HasTokenizer => _inner.HasTokenizer;

    /// <inheritdoc/>
    public override Tensor LoadWeight(string name)
    {
        _inner.Pool = Pool;
        Tensor weight = _inner.LoadWeight(name);
        return _slots.TryGetValue(name, out WeightSlot? slot) ? _edit(slot, weight) : weight;
    }

    /// <inheritdoc/>
    protected override Tokenizer ReadTokenizer() => _inner.Tokenizer;

    /// <inheritdoc/>
    protected override ChatTemplate? ReadTemplate() => _inner.Template;

    /// <inheritdoc/>
    protected override string HashWeights() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{_inner.WeightsHash} {_what}")));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
