using System.CommandLine;
using ModelOps.ModelStore.Names;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops push</c>: sends a model to a registry.</summary>
internal static class PushCommand
{
    internal static Command Create(CliContext context) =>
        PullCommand.Transfer(context, "push", "Push a model to a registry", "api/push", name =>
        {
            context.Out.WriteLine();
            context.Out.WriteLine("You can find your model at:");
            context.Out.WriteLine();
            context.Out.WriteLine($"\t{Address(name)}");
        });

    private static string Address(string text)
    {
        if (!ModelName.TryParse(text, out var name))
            return text;
        const string Latest = ":latest";
        var place = name.ShortName;
        return string.Equals(name.Host, ModelName.DefaultHost, StringComparison.OrdinalIgnoreCase)
            ? "https://ollama.com/" + (place.EndsWith(Latest, StringComparison.Ordinal) ? place[..^Latest.Length] : place)
            : place;
    }
}
