using System.Text.Json.Nodes;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Conversations;

/// <summary><c>/show</c>: what the model is made of, and what was set in this conversation.</summary>
internal sealed class ShowInfo(CliContext context, Conversation conversation)
{
    private const int NameWidth = 30;

    internal void Print(string[] words)
    {
        var shown = conversation.Shown;
        switch (words)
        {
            case [_, "info", ..]:
                ShowText.PrintAll(context.Out, shown, verbose: false);
                break;
            case [_, "license", ..]:
                Text((string?)shown["license"], "No license was specified for this model.");
                break;
            case [_, "modelfile", ..]:
                context.Out.WriteLine(ShowText.OwnWords((string?)shown["modelfile"] ?? ""));
                break;
            case [_, "parameters", ..]:
                PrintParameters((string?)shown["parameters"]);
                break;
            case [_, "system", ..]:
                Text(conversation.Settings.System ?? (string?)shown["system"], "No system message was specified for this model.");
                break;
            case [_, "template", ..]:
                Text(conversation.Settings.Template ?? (string?)shown["template"], "No prompt template was specified for this model.");
                break;
            case [_]:
                context.Out.Write(SlashHelp.About("show"));
                break;
            case [_, var unknown, ..]:
                context.Out.WriteLine($"Unknown command '/show {unknown}'. Type /? for help");
                break;
        }
    }

    private void Text(string? text, string otherwise) =>
        context.Out.WriteLine(string.IsNullOrEmpty(text) ? otherwise : text.TrimEnd('\n') + "\n");

    private void PrintParameters(string? ofModel)
    {
        context.Out.WriteLine("Model defined parameters:");
        var lines = (ofModel ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines is [] ? ["No additional parameters were specified for this model."] : lines)
            context.Out.WriteLine("  " + line);
        context.Out.WriteLine();
        if (conversation.Settings.Options.Count == 0)
            return;
        context.Out.WriteLine("User defined parameters:");
        foreach (var (name, value) in conversation.Settings.Options)
        {
            foreach (var item in value as JsonArray ?? [value?.DeepClone()])
                context.Out.WriteLine($"  {name.PadRight(NameWidth)} {item?.ToJsonString()}");
        }

        context.Out.WriteLine();
    }
}
