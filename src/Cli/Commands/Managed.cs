namespace ModelOps.Cli.Commands;

/// <summary>Calls about managed models.</summary>
internal static class Managed
{
    /// <summary>Where everything that is known of a model is told; a slash in a name stays one.</summary>
    internal static string PathOf(string model) =>
        model.Length == 0
            ? throw new CliException(ExitCode.Usage, "an empty name names no model")
            : $"modelops/v1/models/{string.Join('/', model.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>A path with those of the given parameters that have a value.</summary>
    internal static string Query(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = path;
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
                query += $"{(query.Contains('?') ? '&' : '?')}{name}={Uri.EscapeDataString(value)}";
        }

        return query;
    }
}
