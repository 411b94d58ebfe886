namespace Temperament.Tensors.Diagnostics;

/// <summary>What the machine can do at most, as measured: the yardsticks of <see cref="KernelShares"/>.</summary>
/// <param name="Machine">What the machine says of itself.</param>
/// <param name="Threads">Threads that the figures of all cores were measured with.</param>
/// <param name="MultiplyAddOneCore">10^9 float32 operations a second of one core; a fused multiply-add counts as two.</param>
/// <param name="MultiplyAddAllCores">The same, all threads at once.</param>
/// <param name="ReadOneCore">10^9 bytes a second that one core reads from memory.</param>
/// <param name="ReadAllCores">The same, all threads at once.</param>
/// <param name="CopyAllCores">10^9 bytes a second, read and written, that all threads copy in memory.</param>
public sealed record MachineLimits(
    MachineDescription Machine,
    int Threads,
    double MultiplyAddOneCore,
    double MultiplyAddAllCores,
    double ReadOneCore,
    double ReadAllCores,
    double CopyAllCores)
{
    /// <summary>Measures the limits; takes about half a second.</summary>
    /// <param name="threads">Number of threads.</param>
    /// <param name="rounds">Measurements of which the median is taken.</param>
    public static MachineLimits Measure(int threads, int rounds = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        using var all = new LimitProbe(threads);
        using var one = new LimitProbe(1, all);
        var figures = new double[5, rounds];
        for (int round = 0; round < rounds; round++)
        {
            figures[0, round] = one.MultiplyAdd();
            figures[1, round] = all.MultiplyAdd();
            figures[2, round] = one.Read();
            figures[3, round] = all.Read();
            figures[4, round] = all.Copy();
        }

        double Middle(int row) => Median.Of([.. Enumerable.Range(0, rounds).Select(round => figures[row, round])]);
        return new MachineLimits(MachineDescription.Read(), threads, Middle(0), Middle(1), Middle(2), Middle(3), Middle(4));
    }
}
