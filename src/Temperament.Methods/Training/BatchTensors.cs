using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Training;

/// <summary>
/// Reads batches from tensors: <c>input_ids</c>, <c>labels</c> and <c>attention_mask</c> or <c>segment_ids</c>, I32 [steps, micro-batches,
/// rows, length] or without the second dimension; optionally <c>keep.MODULE</c> (dropout masks) and <c>neftune_uniform</c>; or the chosen_
/// and rejected_ tensors of preference pairs with their <c>completion_mask</c>.
/// </summary>
internal sealed class BatchTensors
{
    private readonly SafetensorsFile _file;
    private readonly DecoderConfig _shape;
    private readonly TrainingConfig _config;
    private readonly int _steps, _micro, _rows, _length;

    private BatchTensors(SafetensorsFile file, DecoderConfig shape, TrainingConfig config, string ids)
    {
        (_file, _shape, _config) = (file, shape, config);
        long[] dimensions = [.. Entry(ids).Shape];
        if (dimensions.Length is not (3 or 4))
        {
            throw new TrainingException($"{file.Path}: read {ids} of shape ({string.Join(", ", dimensions)}); expected [steps, micro-batches, rows, "
                + "length], or the same without micro-batches. Stack the batches of all steps.");
        }

        (_steps, _micro) = ((int)dimensions[0], dimensions.Length == 4 ? (int)dimensions[1] : 1);
        (_rows, _length) = ((int)dimensions[^2], (int)dimensions[^1]);
    }

    public static IReadOnlyList<IReadOnlyList<MicroBatch>> Read(SafetensorsFile file, DecoderConfig shape, TrainingConfig config)
    {
        bool pairs = file.Tensors.ContainsKey("chosen_input_ids");
        var reader = new BatchTensors(file, shape, config, pairs ? "chosen_input_ids" : "input_ids");
        return pairs ? reader.ReadPairs() : reader.ReadLanguage();
    }

    private List<IReadOnlyList<MicroBatch>> ReadLanguage()
    {
        int[] ids = Numbers("input_ids"), labels = Numbers("labels"), segments = Segments();
        CheckPositions(segments);
        float[]? noise = _file.Tensors.ContainsKey("neftune_uniform") ? _file.ReadFloats("neftune_uniform") : null;
        string[] masked = [.. _file.Tensors.Keys.Where(key => key.StartsWith("keep.", StringComparison.Ordinal))];
        var masks = masked.ToDictionary(key => key, key => _file.Bytes(key).ToArray());
        return Each((step, micro) =>
        {
            BatchRows rows = Rows(step, micro, ids, labels, segments);
            TokenBatch tokens = TokenBatch.From(rows.Sequences);
            float factor = (float)(_config.EmbeddingNoise / Math.Sqrt((double)_length * _shape.HiddenSize));
            return new MicroBatch(tokens)
            {
                Noise = noise is null ? default : Gather(rows, tokens, _shape.HiddenSize, step, micro, i => noise[i] * factor),
                Masks = masked.Length == 0 ? null : masked.ToDictionary(
                    key => $"base_model.model.{key["keep.".Length..]}.lora_A.weight",
                    key => Gather(rows, tokens, (int)Entry(key).Shape[^1], step, micro, i => masks[key][i])),
            };
        });
    }

    private List<IReadOnlyList<MicroBatch>> ReadPairs()
    {
        (int[] Ids, int[] Labels, int[] Mask) Side(string side)
        {
            int[] ids = Numbers(side + "_input_ids"), scored = Numbers(side + "_completion_mask");
            return (ids, [.. ids.Select((id, i) => scored[i] == 1 ? id : TokenBatch.NoTarget)], Numbers(side + "_attention_mask"));
        }

        var (chosen, rejected) = (Side("chosen"), Side("rejected"));
        return Each((step, micro) =>
        {
            IReadOnlyList<TokenSequence> first = Rows(step, micro, chosen.Ids, chosen.Labels, chosen.Mask).Sequences;
            IReadOnlyList<TokenSequence> second = Rows(step, micro, rejected.Ids, rejected.Labels, rejected.Mask).Sequences;
            return first.Count == second.Count
                ? new MicroBatch(TokenBatch.From([.. first, .. second])) { Pairs = first.Count }
                : throw new TrainingException($"{_file.Path}, step {step}: read {first.Count} chosen and {second.Count} rejected rows; expected as many "
                    + "of both. A row whose attention_mask is all 0 has no answer.");
        });
    }

    private List<IReadOnlyList<MicroBatch>> Each(Func<int, int, MicroBatch> read)
    {
        var steps = new List<IReadOnlyList<MicroBatch>>(_steps);
        for (int step = 0; step < _steps; step++)
        {
            steps.Add([.. Enumerable.Range(0, _micro).Select(micro => read(step, micro))]);
        }

        return steps;
    }

    private BatchRows Rows(int step, int micro, int[] ids, int[] labels, int[] segments)
    {
        var rows = new BatchRows(_file.Path, _shape.VocabularySize);
        for (int row = 0; row < _rows; row++)
        {
            int at = ((((step * _micro) + micro) * _rows) + row) * _length;
            rows.Add(row, $"step {step}, row {row}", ids.AsSpan(at, _length), labels.AsSpan(at, _length), segments.AsSpan(at, _length));
        }

        return rows;
    }

    private int[] Segments()
    {
        if (_file.Tensors.ContainsKey("segment_ids"))
        {
            return Numbers("segment_ids");
        }

        return _file.Tensors.ContainsKey("attention_mask") ? Numbers("attention_mask")
            : [.. Enumerable.Repeat(1, _steps * _micro * _rows * _length)];
    }

    // Positions count from 0 in each segment; others cannot be replayed.
    private void CheckPositions(int[] segments)
    {
        if (!_file.Tensors.ContainsKey("position_ids"))
        {
            return;
        }

        int[] positions = Numbers("position_ids");
        for (int i = 0, expected = 0; i < positions.Length; i++)
        {
            expected = i % _length == 0 || segments[i] != segments[i - 1] ? 0 : expected + 1;
            if (segments[i] != 0 && positions[i] != expected)
            {
                throw new TrainingException($"{_file.Path}: read position {positions[i]} in row {i / _length}, column {i % _length}; expected {expected}. "
                    + "Positions begin at 0 in each segment here.");
            }
        }
    }

    // Rows of what is given for every position, in the order of the sequences without padding.
    private Tensor Gather(BatchRows rows, TokenBatch tokens, int width, int step, int micro, Func<long, float> at)
    {
        Tensor gathered = Tensor.Zeros(tokens.Rows, width);
        int target = 0;
        foreach ((int row, int start, int length) in rows.Places)
        {
            for (int t = start; t < start + length; t++, target++)
            {
                long first = (((((((long)step * _micro) + micro) * _rows) + row) * _length) + t) * width;
                for (int c = 0; c < width; c++)
                {
                    gathered[target, c] = at(first + c);
                }
            }
        }

        return gathered;
    }

    private int[] Numbers(string name)
    {
        SafetensorsEntry entry = Entry(name);
        return entry.Count == (long)_steps * _micro * _rows * _length
            ? _file.ReadInt32(name)
            : throw new TrainingException($"{_file.Path}: read {name} of shape ({string.Join(", ", entry.Shape)}); expected the shape of the token ids, "
                + $"[{_steps}, {_micro}, {_rows}, {_length}].");
    }

    private SafetensorsEntry Entry(string name) => _file.Tensors.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new TrainingException($"{_file.Path}: read no tensor {name}; expected input_ids, labels and attention_mask, or the chosen_ and "
            + "rejected_ tensors of preference pairs.");
}
