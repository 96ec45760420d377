using System.Collections.Immutable;
using System.Text;
using ModelOps.ModelStore.Native;

namespace ModelOps.Cli.Terminal;

/// <summary>
/// What was asked before, kept across runs in a file of this user alone. A file that cannot be used is no reason to stop.
/// </summary>
/// <param name="path">The file; null when nothing is to be kept.</param>
internal sealed class PromptHistory(string? path)
{
    private const int Most = 100;
    private const int LongestFile = 4 * 1024 * 1024;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether what is asked is remembered.</summary>
    internal bool IsOn { get; set; } = path is not null;

    /// <summary>The oldest first.</summary>
    internal ImmutableArray<string> Entries { get; private set; } = Read(path);

    /// <summary>Remembers a text, unless it is the last one again.</summary>
    internal void Add(string text)
    {
        if (!IsOn || string.IsNullOrWhiteSpace(text))
            return;

        // Another conversation may have added to the file meanwhile.
        var known = path is null ? Entries : Read(path);
        Entries = known is [.., var last] && last == text ? known : [.. known.Add(text).TakeLast(Most)];
        if (path is not null)
            Write(path, Entries);
    }

    /// <summary>One line for each text: line feeds in it are written <c>\n</c>.</summary>
    internal static string Line(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>The text of a line.</summary>
    internal static string Text(string line)
    {
        var text = new StringBuilder(line.Length);
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == '\\' && at + 1 < line.Length)
                text.Append(line[++at] == 'n' ? '\n' : line[at]);
            else
                text.Append(line[at]);
        }

        return TypedText.Clean(text.ToString());
    }

    private static ImmutableArray<string> Read(string? path)
    {
        try
        {
            var file = new FileInfo(path ?? "");
            return path is null || !file.Exists || file.Length > LongestFile
                ? []
                : [.. File.ReadLines(path).Where(line => line.Length > 0).Select(Text).TakeLast(Most)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    private static void Write(string path, IEnumerable<string> entries)
    {
        var temporary = $"{path}.new-{Environment.ProcessId}";
        try
        {
            PrivateFolder.Prepare(Path.GetDirectoryName(path)!);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = Private;
            using (var file = new StreamWriter(temporary, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options))
            {
                foreach (var entry in entries)
                    file.Write(Line(entry) + "\n");
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What is remembered for this conversation stays.
        }
    }
}
