using System.Text;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>Text to a stream of bytes.</summary>
internal static class OutputLines
{
    internal static void WriteLine(this Stream output, string line) => output.WriteText(line + "\n");

    internal static void WriteText(this Stream output, string text) => output.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// A path and a zero byte. The binding replaces what is not UTF-8; it stays unreadable, so that nobody takes it for a name.
    /// </summary>
    internal static void WritePath(this Stream output, string path)
    {
        for (var start = 0; ;)
        {
            var broken = path.IndexOf('\uFFFD', start);
            output.WriteText(broken < 0 ? path[start..] : path[start..broken]);
            if (broken < 0)
                break;
            output.WriteByte(0xFF);
            start = broken + 1;
        }

        output.WriteByte(0);
    }
}
