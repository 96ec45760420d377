using Xunit.v3;

namespace ModelOps.TestKit;

/// <summary>Programs of the system that some tests start, and that a machine with SDK and git alone lacks.</summary>
public static class NeededProgram
{
    /// <summary>Skips the running test where a program is not there, and says what to install.</summary>
    public static void Check(string path, string package)
    {
        if (!File.Exists(path))
            throw new InvalidOperationException($"{DynamicSkipToken.Value}there is no {path}: install {package}");
    }
}
