using System.Diagnostics;
using ModelOps.LoadGenerator.Servers;

namespace ModelOps.LoadGenerator.Measuring;

/// <summary>Nobody is measured while somebody else works.</summary>
internal static class Idle
{
    private const double MostShare = 0.05;
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until no server uses more than a twentieth of a core.</summary>
    /// <exception cref="LoadException">One does not become idle.</exception>
    internal static void Wait(IReadOnlyList<Subject> subjects)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var before = subjects.Select(subject => subject.ProcessorTime()).ToArray();
            var window = Stopwatch.StartNew();
            Thread.Sleep(Window);
            var busy = subjects.Zip(before).FirstOrDefault(
                pair => (pair.First.ProcessorTime() - pair.Second) / window.Elapsed > MostShare).First;
            if (busy is null)
                return;
            if (clock.Elapsed > Patience)
                throw new LoadException($"{busy.Name} does not become idle: it takes a processor without a request");
        }
    }
}
