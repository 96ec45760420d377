using System.Diagnostics;
using System.Text;

namespace ModelOps.TestKit;

/// <summary>
/// Damaged inputs, one after the other: each must get a result or a clean refusal soon, and none may leave memory behind.
/// </summary>
public static class FuzzRun
{
    /// <summary>Far beyond what any input of this size should take; a hang is the defect, not a slow machine.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private const long MostBytes = 256 << 20;

    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Mutates a corpus with pieces of its language and checks each text, for a moment or as long as <see cref="FuzzTime"/> says.
    /// </summary>
    public static void Of(List<byte[]> corpus, string[] tokens, Action<byte[]> check)
    {
        var seed = Environment.TickCount;
        var mutator = new Mutator(new Random(seed), corpus, [.. tokens.Select(Encoding.UTF8.GetBytes)]);
        var until = DateTime.UtcNow + FuzzTime.Of(s_moment);
        var before = HeldMemory.Now;
        while (DateTime.UtcNow < until)
        {
            var text = mutator.Next();
            var clock = Stopwatch.StartNew();
            try
            {
                check(text);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {Convert.ToBase64String(text)}", error);
            }

            if (clock.Elapsed > Longest)
                throw new TimeoutException($"seed {seed} took {clock.Elapsed}: {Convert.ToBase64String(text)}");
        }

        if (HeldMemory.Grew(before, MostBytes))
            throw new InvalidOperationException($"seed {seed}: memory stays behind");
    }
}
