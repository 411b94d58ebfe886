using System.Numerics;

namespace Temperament.Tests.Reference;

/// <summary>silu(gate) * up.</summary>
internal static class SwiGluReference
{
    public static T[] Forward<T>(T[] gate, T[] up)
        where T : IFloatingPointIeee754<T>
    {
        var y = new T[gate.Length];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = gate[i] / (T.One + T.Exp(-gate[i])) * up[i];
        }

        return y;
    }
}
