using System.Text;
using ModelOps.ModelStore.Native;

namespace ModelOps.Reconciler.Delivery;

/// <summary>A file of secrets: a line for each, without the blanks around it; empty lines do not count.</summary>
public static class SecretFile
{
    /// <summary>The first one, which is all that most files have.</summary>
    /// <inheritdoc cref="Lines"/>
    public static string FirstLine(string file) => Lines(file)[0];

    /// <summary>All of them, at least one.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="InvalidDataException">There is none in it.</exception>
    public static string[] Lines(string file)
    {
        var lines = Encoding.UTF8.GetString(RegularFile.ReadAllBytes(file))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 0 ? lines : throw new InvalidDataException($"{file} is empty");
    }
}
