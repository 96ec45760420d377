using System.Text.Json.Nodes;

namespace ModelOps.Cli.Output;

/// <summary>Results for programs.</summary>
internal static class DataText
{
    /// <summary>Prints data in the format of <c>--output</c>; false for a table, which is for people.</summary>
    internal static bool Print(CliContext context, string format, JsonNode node)
    {
        switch (format)
        {
            case "json":
                context.Out.WriteLine(node.ToJsonString());
                return true;
            case "yaml":
                context.Out.Write(YamlText.Of(node));
                return true;
            default:
                return false;
        }
    }
}
