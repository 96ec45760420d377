using System.ComponentModel;
using System.Diagnostics;

namespace ModelOps.Cli.Starting;

/// <summary>Writes a new models repository, and touches nothing that is there.</summary>
internal static class NewRepository
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Writes the files.</summary>
    /// <exception cref="CliException">One of them is there already; then none is written.</exception>
    internal static void Write(string folder, IReadOnlyList<(string Path, string Use, string Text)> files)
    {
        if (files.FirstOrDefault(file => Path.Exists(Path.Combine(folder, file.Path))) is { Path: not null } there)
        {
            throw new CliException(
                ExitCode.Usage, $"{Path.Combine(folder, there.Path)} is there already, so nothing was written; name another folder");
        }

        foreach (var (path, _, text) in files)
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    /// <summary>Makes the folder a git repository, unless it lies in one. False when there is no git program to do it.</summary>
    /// <exception cref="CliException">Git refused.</exception>
    internal static bool HasGit(string folder)
    {
        for (var place = folder; place is not null; place = Path.GetDirectoryName(place))
        {
            if (Path.Exists(Path.Combine(place, ".git")))
                return true;
        }

        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["init", "--quiet", folder]) { UseShellExecute = false })!;
            if (!git.WaitForExit(s_patience) || git.ExitCode != 0)
                throw new CliException(ExitCode.Source, $"'git init {folder}' failed; the files are there, so try it by hand");
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
