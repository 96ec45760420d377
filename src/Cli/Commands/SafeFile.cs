using System.Text;

namespace ModelOps.Cli.Commands;

/// <summary>Changes files of the user: a kill in the middle leaves the old file or the new one.</summary>
internal static class SafeFile
{
    internal static void Replace(string path, string text)
    {
        var temporary = path + ".new-" + Guid.NewGuid().ToString("N");
        using (var file = new FileStream(temporary, FileMode.CreateNew))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
        File.Move(temporary, path, overwrite: true);
    }
}
