namespace Temperament.Models.Text.Patterns;

/// <summary>Which ASCII characters a match can begin with from each step on, so that most ways are closed without being tried.</summary>
internal static class FirstUnits
{
    /// <summary>The answers for all steps: 64 bits for U+0000 to U+003F and 64 for U+0040 to U+007F. May hold too many, never too few.</summary>
    public static (ulong Low, ulong High)[] Of(PatternStep[] steps)
    {
        var firsts = new (ulong Low, ulong High)[steps.Length];
        // Each round adds what one more step ahead allows; loops end the rounds when nothing is new.
        for (bool grows = true; grows;)
        {
            grows = false;
            for (int step = steps.Length - 1; step >= 0; step--)
            {
                (ulong Low, ulong High) now = Step(steps, firsts, step);
                grows |= now != firsts[step];
                firsts[step] = now;
            }
        }

        return firsts;
    }

    private static (ulong Low, ulong High) Step(PatternStep[] steps, (ulong Low, ulong High)[] firsts, int index)
    {
        PatternStep step = steps[index];
        switch (step.Operation)
        {
            case PatternOperation.Greedy:
            case PatternOperation.Lazy:
            case PatternOperation.Possessive:
                (ulong Low, ulong High) own = step.Set!.Ascii;
                return step.Minimum > 0 ? own : Either(own, firsts[index + 1]);
            case PatternOperation.Letter:
                (ulong low, ulong high) = (0, 0);
                for (int c = 0; c < 128; c++)
                {
                    ulong bit = CodePoints.Fold(c) == step.Minimum ? 1UL << (c & 63) : 0;
                    low |= c < 64 ? bit : 0;
                    high |= c < 64 ? 0 : bit;
                }

                return (low, high);
            case PatternOperation.Fork:
                return Either(firsts[step.Next], firsts[step.Other]);
            case PatternOperation.Jump:
            case PatternOperation.Ahead:
            case PatternOperation.NotAhead:
                return firsts[step.Next];
            case PatternOperation.Done:
            case PatternOperation.Atomic:
                return (ulong.MaxValue, ulong.MaxValue);
            default:
                return firsts[index + 1];
        }
    }

    private static (ulong Low, ulong High) Either((ulong Low, ulong High) a, (ulong Low, ulong High) b) => (a.Low | b.Low, a.High | b.High);
}
