using System.Text;
using System.Text.Json;

namespace ModelOps.Reconciler.Notifications;

/// <summary>
/// What a receiver did not take, one JSON object a line, oldest first: when it was given up, why, and the CloudEvent. The oldest go when it
/// would become larger than a mebibyte.
/// </summary>
/// <param name="path">The file; it is made with its folder when there is something to keep.</param>
internal sealed class UndeliveredFile(string path)
{
    internal const int MostBytes = 1 << 20;

    private static readonly byte[] s_lineEnd = "\n"u8.ToArray();

    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Add(Notification what, string problem, DateTimeOffset now)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] line = [.. LineOf(what, problem, now), .. s_lineEnd];
        if (File.Exists(path) && new FileInfo(path).Length + line.Length > MostBytes)
            KeepNewest();
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(line);
        file.Flush(flushToDisk: true);
    }

    /// <summary>How many there are.</summary>
    internal int Count() => File.Exists(path) ? File.ReadLines(path).Count(line => line.Length > 0) : 0;

    private static byte[] LineOf(Notification what, string problem, DateTimeOffset now)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("givenUpAt"u8, now);
            json.WriteString("problem"u8, problem);
            json.WritePropertyName("event"u8);
            what.WriteCloudEvent(json);
            json.WriteEndObject();
        }

        return text.ToArray();
    }

    /// <summary>The newer half stays; the file is whole at any moment.</summary>
    private void KeepNewest()
    {
        var lines = File.ReadAllLines(path);
        var kept = string.Join('\n', lines.Skip(lines.Length / 2)) + "\n";
        var next = path + ".next";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(kept));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
