using System.Diagnostics;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>A real git repository with models in it.</summary>
internal sealed class ModelsRepository
{
    private ModelsRepository(string path) => Path = path;

    internal string Path { get; }

    /// <summary>Starts from a copy of the example.</summary>
    internal static ModelsRepository FromExample(string path)
    {
        Directory.CreateDirectory(path);
        var example = RepoRoot.Combine("examples", "models-repo");
        foreach (var file in Directory.EnumerateFiles(example, "*", SearchOption.AllDirectories).Where(
            file => !file.Contains("training", StringComparison.Ordinal)))
        {
            var target = System.IO.Path.Combine(path, System.IO.Path.GetRelativePath(example, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return Start(path);
    }

    /// <summary>Starts from one file <c>modelops.yaml</c> and Pico's weights.</summary>
    internal static ModelsRepository With(string path, string yaml, params (string Name, string Text)[] files)
    {
        Directory.CreateDirectory(path);
        File.Copy(Weights, System.IO.Path.Combine(path, "pico.gguf"));
        File.WriteAllText(System.IO.Path.Combine(path, "modelops.yaml"), yaml);
        foreach (var (name, text) in files)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.Combine(path, name))!);
            File.WriteAllText(System.IO.Path.Combine(path, name), text);
        }

        return Start(path);
    }

    internal static string Weights => RepoRoot.Combine("examples", "models-repo", "weights", "pico-q8_0.gguf");

    /// <summary>Writes a file and commits it; returns the commit.</summary>
    internal string Commit(string file, string text)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, file), text);
        return CommitAll($"Change {file}");
    }

    internal string CommitAll(string message)
    {
        Git("add", "-A");
        Git("commit", "-q", "-m", message);
        return Head;
    }

    internal string Revert()
    {
        Git("revert", "--no-edit", "HEAD");
        return Head;
    }

    internal string Read(string file) => File.ReadAllText(System.IO.Path.Combine(Path, file));

    internal string Head => Git("rev-parse", "HEAD").Trim();

    internal string Git(params string[] arguments) => RunGit(Path, arguments);

    internal static string RunGit(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, "-c", "user.name=Test", "-c", "user.email=test@example.org", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }

    private static ModelsRepository Start(string path)
    {
        RunGit(path, "init", "-q", "-b", "main");
        var repository = new ModelsRepository(path);
        repository.CommitAll("Start");
        return repository;
    }
}
