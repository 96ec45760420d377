using System.Globalization;
using LibGit2Sharp;
using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>
/// The hidden verb that the daemon starts itself with where there is no git program: one of git's verbs, answered by libgit2, in git's
/// formats, with git's exit codes. It lives for one call, in bounds that its parent names.
/// </summary>
internal static class BuiltInGitProgram
{
    /// <summary>Its name.</summary>
    internal const string Verb = GitEngine.BuiltInVerb;

    private const int Fatal = 128;
    private const int TookTooLong = 124;

    internal static int Run(string[] arguments)
    {
        using var limit = Bound();
        using var output = new BufferedStream(Console.OpenStandardOutput(), 64 << 10);
        try
        {
            PrepareLibrary();
            var result = Answer(GitArguments.Parse(arguments), output);
            output.Flush();
            return result;
        }
        catch (GitFailure failure)
        {
            return Failed(failure.Message);
        }
        catch (LibGit2SharpException error)
        {
            return Failed(GitWords.Of(error));
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException)
        {
            return Failed($"the built-in git cannot load its library ({(error.InnerException ?? error).Message}); install git");
        }
        catch (OutOfMemoryException)
        {
            return Failed(GitWords.OutOfMemory);
        }
        catch (IOException error)
        {
            // Who reads has had enough, or the disk is full.
            return Failed(error.Message);
        }
        finally
        {
            OwnChildren.End(TimeSpan.FromSeconds(2));
        }
    }

    private static int Answer(GitArguments arguments, Stream output) => arguments.Verb switch
    {
        "version" => Version(output),
        "init" => RemoteVerbs.Init(arguments),
        "ls-remote" => RemoteVerbs.List(arguments, output),
        "fetch" => RemoteVerbs.Fetch(arguments),
        "repack" => ObjectVerbs.Repack(arguments),
        "update-ref" => ObjectVerbs.UpdateReference(arguments),
        "merge-base" => ObjectVerbs.IsAncestor(arguments),
        "rev-list" => ObjectVerbs.ListHistory(arguments, output),
        "ls-tree" => ObjectVerbs.ListTree(arguments, output),
        "cat-file" => ObjectVerbs.CatFile(arguments, Console.OpenStandardInput(), output),
        "rev-parse" => PlaceVerbs.Parse(arguments, output),
        "ls-files" => PlaceVerbs.ListFiles(arguments, output),
        "check-ignore" => PlaceVerbs.IsIgnored(arguments),
        var verb => throw new GitFailure($"the built-in git has no verb '{verb}'"),
    };

    private static int Version(Stream output)
    {
        var version = GlobalSettings.Version;
        output.WriteLine($"git version built-in ({version.InformationalVersion.Split('+')[0]}, libgit2)");
        return 0;
    }

    private static int Failed(string message)
    {
        Console.Error.WriteLine($"fatal: {message}");
        return Fatal;
    }

    /// <summary>No configuration but that of the repository itself, and no question of who owns it: our parent chose it.</summary>
    private static void PrepareLibrary()
    {
        foreach (var level in (ConfigurationLevel[])
            [ConfigurationLevel.System, ConfigurationLevel.Global, ConfigurationLevel.Xdg, ConfigurationLevel.ProgramData])
        {
            GlobalSettings.SetConfigSearchPaths(level, "");
        }

        GlobalSettings.SetOwnerValidation(enabled: false);
    }

    /// <summary>Memory, and the time after which the process ends whatever it waits for, together with what it started.</summary>
    private static Timer? Bound()
    {
        if (Number(GitEngine.MemoryVariable) is { } bytes)
            OwnProcess.LimitMemory(bytes);
        return Number(GitEngine.SecondsVariable) is { } seconds
            ? new Timer(_ => EndNow(), state: null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan)
            : null;
    }

    private static void EndNow()
    {
        OwnChildren.KillAll();
        OwnProcess.ExitNow(TookTooLong);
    }

    private static long? Number(string variable) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0
            ? number
            : null;
}
