using System.Text.RegularExpressions;
using Temperament.Models.Decoder;
using Temperament.Tensors.Memory;

namespace Temperament.Methods.Adapters;

/// <summary>One adapter of a mix.</summary>
/// <param name="Adapter">The adapter.</param>
/// <param name="Scale">Factor of its effect: 1 as it was trained, 0 for nothing, negative for the other way.</param>
public sealed record ScaledAdapter(LoraAdapter Adapter, double Scale);

/// <summary>Makes one adapter of several: their branches are laid side by side, so that their effects add up.</summary>
public static class AdapterMix
{
    /// <summary>Mixes adapters: B A = sum of scale_i B_i A_i for each module that any of them has.</summary>
    /// <param name="network">Network that all of them are for.</param>
    /// <param name="parts">At least one adapter.</param>
    /// <returns>A new adapter; the parts are not changed.</returns>
    /// <exception cref="AdapterException">A part replaces whole modules.</exception>
    public static LoraAdapter Combine(DecoderNetwork network, IReadOnlyList<ScaledAdapter> parts)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count);
        if (parts.FirstOrDefault(part => part.Adapter.Replacements.Count > 0) is { } whole)
        {
            throw new AdapterException(whole.Adapter.Config.BaseModel ?? "adapter", $"{whole.Adapter.Replacements[0].Target.Name}, trained whole",
                "adapters of low-rank branches alone", "Whole modules do not add up; put the adapter on alone, with scale 1.");
        }

        string[] paths = [.. parts.SelectMany(part => part.Adapter.Branches.Select(branch => branch.Path)).Distinct()];
        var ranks = paths.ToDictionary(path => path, path => Branches(parts, path).Sum(each => each.Branch.Rank));
        var config = new LoraConfig
        {
            Rank = 1,
            Alpha = 1,
            TargetModules = paths,
            RankPattern = [.. ranks.Select(rank => KeyValuePair.Create(Regex.Escape(rank.Key), rank.Value))],
            AlphaPattern = [.. ranks.Select(rank => KeyValuePair.Create(Regex.Escape(rank.Key), (double)rank.Value))],
            BaseModel = parts[0].Adapter.Config.BaseModel,
        };
        return LoraAdapter.Build(network, config, (path, rank, linear) => Stack(parts, path, rank, linear));
    }

    private static IEnumerable<(LowRank Branch, double Scale)> Branches(IReadOnlyList<ScaledAdapter> parts, string path) =>
        parts.SelectMany(part => part.Adapter.Branches.Where(branch => branch.Path == path).Select(branch => (branch.Branch, part.Scale)));

    private static (Tensor A, Tensor B) Stack(IReadOnlyList<ScaledAdapter> parts, string path, int rank, Linear linear)
    {
        Tensor a = Tensor.Zeros(rank, linear.Weight.Inputs), b = Tensor.Zeros(linear.Weight.Outputs, rank);
        int row = 0;
        foreach ((LowRank branch, double scale) in Branches(parts, path))
        {
            a.SliceRows(row, branch.Rank).CopyFrom(branch.A.Value);
            float factor = (float)(scale * branch.Scale);
            for (int n = 0; n < b.Rows; n++)
            {
                for (int r = 0; r < branch.Rank; r++)
                {
                    b[n, row + r] = factor * branch.B.Value[n, r];
                }
            }

            row += branch.Rank;
        }

        return (a, b);
    }
}
