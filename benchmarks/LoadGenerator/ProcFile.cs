using System.Globalization;

namespace ModelOps.LoadGenerator;

/// <summary>Numbers of Linux' process files; 0 when the process is gone.</summary>
internal static class ProcFile
{
    /// <summary>The first number after a label.</summary>
    internal static int Number(int process, string file, string label)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/{file}").FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
            return line is null ? 0 : int.Parse(line[label.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>User and system time in hundredths of a second.</summary>
    internal static long ProcessorTicks(int process)
    {
        try
        {
            var fields = File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
