using System.Reflection;

namespace ModelOps.Cli;

/// <summary>This build.</summary>
internal static class ProductVersion
{
    /// <summary><c>major.minor.patch</c>.</summary>
    internal static string Text { get; } = typeof(ProductVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>The commit that it was built from; empty where it was built outside of git.</summary>
    internal static string Commit { get; } = typeof(ProductVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit] ? commit : "";
}
