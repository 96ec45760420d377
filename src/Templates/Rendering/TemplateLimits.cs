namespace ModelOps.Templates.Rendering;

/// <summary>Bounds of one render; a template is untrusted input.</summary>
/// <param name="Depth">Nested calls, blocks and parentheses.</param>
/// <param name="OutputCharacters">Characters of output and of any string made on the way.</param>
/// <param name="Steps">Nodes evaluated.</param>
public sealed record TemplateLimits(int Depth = 200, int OutputCharacters = 8 * 1024 * 1024, long Steps = 5_000_000)
{
    /// <summary>What the server and lint use.</summary>
    public static TemplateLimits Default { get; } = new();
}
