using System.Numerics;
using Temperament.Tensors.Kernels;

namespace Temperament.Tests.Reference;

/// <summary>Algorithm 2 of Loshchilov and Hutter 2019 with the bias corrections of Adam.</summary>
internal static class AdamWReference
{
    public static void Step<T>(T[] p, T[] g, T[] m, T[] v, AdamWStep settings)
        where T : IFloatingPointIeee754<T>
    {
        T rate = T.CreateChecked(settings.LearningRate), one = T.One;
        T beta1 = T.CreateChecked(settings.Beta1), beta2 = T.CreateChecked(settings.Beta2), step = T.CreateChecked(settings.Step);
        for (int i = 0; i < p.Length; i++)
        {
            T gradient = g[i] * T.CreateChecked(settings.GradientScale);
            m[i] = (beta1 * m[i]) + ((one - beta1) * gradient);
            v[i] = (beta2 * v[i]) + ((one - beta2) * gradient * gradient);
            T mean = m[i] / (one - T.Pow(beta1, step)), square = v[i] / (one - T.Pow(beta2, step));
            p[i] -= rate * T.CreateChecked(settings.WeightDecay) * p[i];
            p[i] -= rate * mean / (T.Sqrt(square) + T.CreateChecked(settings.Epsilon));
        }
    }
}
