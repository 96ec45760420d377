using System.Diagnostics;

namespace ModelOps.LoadGenerator.Servers;

/// <summary>A models repository under git.</summary>
internal sealed class GitRepository
{
    internal GitRepository(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        Git("init", "-q", "-b", "main");
    }

    internal string Folder { get; }

    /// <summary>Writes a file without a commit.</summary>
    internal void Write(string file, string text) => File.WriteAllText(Path.Combine(Folder, file), text);

    /// <summary>Writes a file and commits everything.</summary>
    /// <returns>The commit.</returns>
    internal string Commit(string file, string text)
    {
        Write(file, text);
        Git("add", "-A");
        Git("commit", "-q", "-m", $"Change {file}");
        return Git("rev-parse", "HEAD").Trim();
    }

    private string Git(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "git", ["-C", Folder, "-c", "user.name=Load", "-c", "user.email=load@example.org", .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new LoadException($"git {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
