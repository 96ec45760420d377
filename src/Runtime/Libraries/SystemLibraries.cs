namespace ModelOps.Runtime.Libraries;

/// <summary>What the engine's libraries need of the operating system, and how to get it.</summary>
internal static class SystemLibraries
{
    /// <summary>Threads of the packages' builds.</summary>
    private const string OpenMp = "libgomp.so.1";

    /// <summary>Why the libraries of a source will not load, without loading them; null when nothing is known to be missing.</summary>
    /// <param name="source">The source.</param>
    /// <param name="canLoad">Whether the system has a library.</param>
    internal static string? ProblemOf(EngineSource source, Predicate<string> canLoad) =>
        OperatingSystem.IsLinux() && source.Release == EngineRelease.LLamaSharp && !canLoad(OpenMp) ? Missing : null;

    /// <summary>What to do about an error of a load; null when it is not about a library of the system.</summary>
    internal static string? Explain(string error) => error.Contains(OpenMp, StringComparison.Ordinal) ? Missing : null;

    private static string Missing =>
        $"The engine needs {OpenMp}, which this system does not have. Install its package: libgomp1 (Debian, Ubuntu: apt install libgomp1) "
        + "or libgomp (Fedora: dnf install libgomp; Alpine: apk add libgomp).";
}
