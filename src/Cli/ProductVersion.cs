namespace ModelOps.Cli;

/// <summary>This build.</summary>
internal static class ProductVersion
{
    /// <summary><c>major.minor.patch</c>.</summary>
    internal static string Text { get; } = typeof(ProductVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
