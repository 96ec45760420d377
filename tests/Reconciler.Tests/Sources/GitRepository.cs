using System.Diagnostics;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>A real repository with a work tree, as an operator has one.</summary>
internal sealed class GitRepository : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal GitRepository(string objectFormat = "sha1")
    {
        Git("init", "--quiet", "--initial-branch=main", "--object-format=" + objectFormat);
        Git("config", "user.name", "Operator");
        Git("config", "user.email", "operator@example.com");
        Git("config", "commit.gpgSign", "false");
    }

    internal string Path => _folder.Path;

    /// <summary>Writes files (null deletes one), commits everything and returns the commit.</summary>
    internal string Commit(string message, params (string Path, string? Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            if (text is null)
                File.Delete(_folder.Combine(path.Split('/')));
            else
                _folder.Write(path, text);
        }

        Git("add", "--all");
        return CommitIndex(message);
    }

    internal string CommitIndex(string message)
    {
        Git("commit", "--quiet", "--allow-empty", "-m", message);
        return Git("rev-parse", "HEAD").Trim();
    }

    /// <summary>Writes an object as it is, however broken, and returns its id.</summary>
    internal string WriteObject(string type, byte[] content) =>
        Git(content, "hash-object", "-t", type, "-w", "--literally", "--stdin").Trim();

    internal string Git(params string[] arguments) => Git([], arguments);

    private string Git(byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start)!;
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }

    public void Dispose() => _folder.Dispose();
}
