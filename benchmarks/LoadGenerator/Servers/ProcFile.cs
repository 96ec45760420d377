using System.Globalization;

namespace ModelOps.LoadGenerator.Servers;

/// <summary>Numbers of Linux' process files; 0 when the process is gone.</summary>
internal static class ProcFile
{
    /// <summary>The first number after a label, in the file's unit.</summary>
    internal static long Number(int process, string file, string label) =>
        Read($"/proc/{process}/{file}").Split('\n').FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal)) is { } line
            ? long.Parse(line[label.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture)
            : 0;

    /// <summary>Time on a processor of all its threads that live, exact to the nanosecond where the kernel counts so.</summary>
    internal static TimeSpan ProcessorTime(int process) => TimeSpan.FromMicroseconds(Tasks(process).Sum(Nanoseconds) / 1000.0);

    /// <summary>Processes with this parent.</summary>
    internal static IEnumerable<int> ChildrenOf(int process) => Tasks(process)
        .SelectMany(task => Read(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    private static string[] Tasks(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static double Nanoseconds(string task) =>
        Read(Path.Combine(task, "schedstat")).Split(' ') is [{ Length: > 0 } running, ..]
            ? double.Parse(running, CultureInfo.InvariantCulture)
            : 0;

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
