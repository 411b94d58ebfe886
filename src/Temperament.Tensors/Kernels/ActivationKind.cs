namespace Temperament.Tensors.Kernels;

/// <summary>Functions that are applied to every element.</summary>
public enum ActivationKind
{
    /// <summary>x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), "gelu_new" and "gelu_pytorch_tanh". Hendrycks and Gimpel 2016,
    /// https://arxiv.org/abs/1606.08415.</summary>
    GeluTanh,

    /// <summary>x/2 (1 + erf(x / sqrt 2)), "gelu". The same paper.</summary>
    GeluErf,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>tanh x.</summary>
    Tanh,
}
