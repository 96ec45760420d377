using System.ComponentModel;
using System.Diagnostics;

namespace ModelOps.Cli.Terminal;

/// <summary>The editor that the user has chosen, for a longer message.</summary>
internal static class ExternalEditor
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Opens a text in <c>VISUAL</c>, else <c>EDITOR</c>, else <c>vi</c>, and waits until it is closed. Returns the text, or what was
    /// wrong.
    /// </summary>
    internal static (string? Text, string? Problem) Edit(CliContext context, string text)
    {
        var choices = new[] { context.Environment("VISUAL"), context.Environment("EDITOR"), "vi" };
        var editor = choices.First(name => !string.IsNullOrEmpty(name))!;
        var file = Path.Combine(Path.GetTempPath(), $"modelops-{Guid.NewGuid():N}.txt");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = Private;
            using (var writer = new StreamWriter(file, options))
                writer.Write(text);

            // The variable may hold options, as in 'code --wait'.
            string[] words = ["-c", $"{editor} \"$1\"", "sh", file];
            using var process = Process.Start(new ProcessStartInfo("sh", words) { UseShellExecute = false })!;
            process.WaitForExit();
            if (process.ExitCode != 0)
                return (null, $"The editor '{editor}' ended with {process.ExitCode}; the text stays as it was");
            return (TypedText.Clean(File.ReadAllText(file)).TrimEnd('\n'), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or Win32Exception)
        {
            return (null, $"The editor '{editor}' cannot be used: {error.Message}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
