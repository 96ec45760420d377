using System.Globalization;
using ModelOps.TestKit;

namespace ModelOps.Transfers;

/// <summary>What is measured.</summary>
internal sealed record TransferOptions
{
    internal const string Usage = """
        Usage: Transfers [--modelops PROGRAM] [--folder DIR] [--gigabytes N] [--rounds N] [--only import|pull]
        The folder should lie on the file system that matters; on one that shares blocks the import is judged as a clone.
        """;

    /// <summary>The program; the JIT build of this repository when none is named.</summary>
    public string Program { get; init; } = RepoRoot.Combine("src", "Cli", "bin", "Release", "net10.0", "modelops");

    /// <summary>Where files, stores and the registry lie.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>Size of the weights, in units of 2^30 bytes.</summary>
    public int Gigabytes { get; init; } = 4;

    public int Rounds { get; init; } = 3;

    public bool Import { get; init; } = true;

    public bool Pull { get; init; } = true;

    /// <summary>Reads a command line; null when it is none.</summary>
    internal static TransferOptions? Parse(string[] args)
    {
        var options = new TransferOptions();
        for (var at = 0; at < args.Length; at += 2)
        {
            if (at + 1 == args.Length)
                return null;
            var value = args[at + 1];
            var next = args[at] switch
            {
                "--modelops" => options with { Program = Path.GetFullPath(value) },
                "--folder" => options with { Folder = Path.GetFullPath(value) },
                "--gigabytes" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) =>
                    options with { Gigabytes = size },
                "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) =>
                    options with { Rounds = rounds },
                "--only" when value is "import" or "pull" => options with { Import = value == "import", Pull = value == "pull" },
                _ => null,
            };
            if (next is null)
                return null;
            options = next;
        }

        return options;
    }
}
