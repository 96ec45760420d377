namespace ModelOps.TestKit;

/// <summary>The <c>modelops</c> under test: the one that <c>MODELOPS_EXECUTABLE</c> names, or what was built beside the tests.</summary>
public static class BuiltExecutable
{
    /// <summary>Where it is.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("MODELOPS_EXECUTABLE") is { Length: > 0 } given
        ? System.IO.Path.GetFullPath(given)
        : RepoRoot.Combine(
            "src", "Cli", "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0",
            "modelops");
}
