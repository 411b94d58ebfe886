namespace Temperament.Tensors.Kernels;

/// <summary>What some models change in attention. The default is the causal attention of Llama.</summary>
/// <param name="Window">Keys that a query sees at most, its own among them; 0 for all. Beltagy et al. 2020, https://arxiv.org/abs/2004.05150.</param>
/// <param name="SoftCap">Scores become cap * tanh(score / cap); 0 for none. Gemma 2, https://arxiv.org/abs/2408.00118, section 2.</param>
/// <param name="IsBidirectional">Whether a query also sees the keys after it, as in encoders.</param>
public readonly record struct AttentionVariant(int Window = 0, float SoftCap = 0, bool IsBidirectional = false);
