namespace Temperament.Tensors.Diagnostics;

/// <summary>The middle of some measurements: one disturbed round does not move it.</summary>
internal static class Median
{
    /// <summary>The middle value; the upper one of the two middle values of an even number.</summary>
    /// <param name="values">At least one value; sorted on return.</param>
    public static double Of(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
