using System.Collections.Immutable;
using System.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>Which git the operator wants.</summary>
public enum GitChoice
{
    /// <summary>The git program where it is in the PATH and new enough, else the built-in one.</summary>
    Auto,

    /// <summary>The git program.</summary>
    Program,

    /// <summary>The one in this executable.</summary>
    BuiltIn,
}

/// <summary>What answers git's verbs: the git program, or this executable once more.</summary>
/// <param name="FileName">The program to start.</param>
/// <param name="Arguments">What stands before git's own arguments.</param>
/// <param name="IsBuiltIn">It is this executable.</param>
public sealed record GitEngine(string FileName, ImmutableArray<string> Arguments, bool IsBuiltIn)
{
    /// <summary>The hidden verb with which this executable is git.</summary>
    public const string BuiltInVerb = "builtin-git";

    /// <summary>Variable with the bytes of private memory that one call of the built-in git may take.</summary>
    public const string MemoryVariable = "MODELOPS_GIT_MEMORY";

    /// <summary>Variable with the seconds after which a call of the built-in git ends itself, should its parent not do it.</summary>
    public const string SecondsVariable = "MODELOPS_GIT_SECONDS";

    /// <summary>
    /// Variable with the token, or <c>user:token</c>, for the source's own https host; only calls that speak with it have it.
    /// </summary>
    public const string TokenVariable = "MODELOPS_GIT_TOKEN";

    /// <summary>User name for a token that comes without one.</summary>
    public const string TokenUser = "x-access-token";

    /// <summary>The git program of the PATH.</summary>
    public static GitEngine Program { get; } = new("git", [], IsBuiltIn: false);

    /// <summary>The running executable with the hidden verb; under <c>dotnet FILE.dll</c>, that command.</summary>
    public static GitEngine BuiltIn { get; } = OfExecutable(
        Environment.ProcessPath ?? "modelops", Environment.GetCommandLineArgs()[0]);

    /// <summary>What a choice means on this machine.</summary>
    public static GitEngine Of(GitChoice choice) => choice switch
    {
        GitChoice.Program => Program,
        GitChoice.BuiltIn => BuiltIn,
        _ => IsInPath(new ProcessStartInfo().Environment.TryGetValue("PATH", out var path) ? path : null) ? Program : BuiltIn,
    };

    internal static GitEngine OfExecutable(string executable, string firstArgument) => new(
        executable,
        Path.GetFileNameWithoutExtension(executable).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? [Path.GetFullPath(firstArgument), BuiltInVerb]
            : [BuiltInVerb],
        IsBuiltIn: true);

    internal static bool IsInPath(string? path) =>
        (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => IsProgram(Path.Combine(folder, "git")));

    private static bool IsProgram(string file) => OperatingSystem.IsWindows()
        ? File.Exists(file + ".exe")
        : File.Exists(file) && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None;
}
