using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Parameters;

namespace ModelOps.Cli.Conversations;

/// <summary><c>/set</c>: how the model is asked from now on.</summary>
/// <param name="context">The process.</param>
/// <param name="conversation">What is changed.</param>
/// <param name="remember">Says whether what is typed is remembered.</param>
internal sealed class SetCommand(CliContext context, Conversation conversation, Action<bool> remember)
{
    private static readonly string[] s_levels = ["low", "medium", "high", "max"];

    /// <param name="words">The words of the line; the first is the command itself.</param>
    /// <param name="line">The line, since a text is taken as it was typed.</param>
    internal void Run(string[] words, string line)
    {
        var settings = conversation.Settings;
        switch (words)
        {
            case [_, "history"]:
                remember(true);
                break;
            case [_, "nohistory"]:
                remember(false);
                break;
            case [_, "wordwrap" or "nowordwrap"]:
                settings.WordWrap = words[1] == "wordwrap";
                context.Out.WriteLine($"Set '{words[1]}' mode.");
                break;
            case [_, "verbose" or "quiet"]:
                settings.Verbose = words[1] == "verbose";
                context.Out.WriteLine($"Set '{words[1]}' mode.");
                break;
            case [_, "think", .. var levels] when levels is [] || (levels is [var level] && s_levels.Contains(level)):
                settings.Think = levels is [var much] ? JsonValue.Create(much) : JsonValue.Create(true);
                WarnUnlessThinking();
                context.Out.WriteLine(levels is [var told] ? $"Set 'think' mode to '{told}'." : "Set 'think' mode.");
                break;
            case [_, "nothink"]:
                settings.Think = JsonValue.Create(false);
                WarnUnlessThinking();
                context.Out.WriteLine("Set 'nothink' mode.");
                break;
            case [_, "format", "json"]:
                settings.Format = JsonValue.Create("json");
                context.Out.WriteLine("Set format to 'json' mode.");
                break;
            case [_, "noformat"]:
                settings.Format = null;
                context.Out.WriteLine("Disabled format.");
                break;
            case [_, "format", ..]:
                context.Out.WriteLine("Invalid or missing format. For 'json' mode use '/set format json'");
                break;
            case [_, "parameter", var name, _, ..]:
                Parameter(name, words[3..]);
                break;
            case [_, "parameter", ..]:
                context.Out.Write(SlashHelp.Parameters);
                break;
            case [_, "system", _, ..]:
                settings.System = After(line, "system");
                context.Out.WriteLine("Set system message.");
                break;
            case [_, "template", _, ..]:
                settings.Template = After(line, "template");
                context.Out.WriteLine("Set prompt template. It is part of what /save makes; the model that runs keeps its own.");
                break;
            case [_] or [_, "system" or "template"]:
                context.Out.Write(SlashHelp.About("set"));
                break;
            case [_, var unknown, ..]:
                context.Out.WriteLine($"Unknown command '/set {unknown}'. Type /? for help");
                break;
        }
    }

    private void Parameter(string name, string[] values)
    {
        var conversion = ParameterText.Convert(name, values);
        if (conversion.Value is not { } value)
        {
            context.Out.WriteLine($"Couldn't set parameter: \"{conversion.Error}\"");
            return;
        }

        conversation.Settings.Options[name] = value switch
        {
            ParameterValue.Int whole => JsonValue.Create(whole.Value),
            ParameterValue.Float number => JsonValue.Create(number.Value),
            ParameterValue.Bool truth => JsonValue.Create(truth.Value),
            ParameterValue.Strings texts => new JsonArray([.. texts.Values.Select(text => (JsonNode)JsonValue.Create(text))]),
            _ => null,
        };
        context.Out.WriteLine($"Set parameter '{name}' to '{string.Join(", ", values)}'");
    }

    private void WarnUnlessThinking()
    {
        var known = conversation.Shown["capabilities"] as JsonArray ?? [];
        if (!known.Any(capability => (string?)capability == "thinking"))
            context.Error.WriteLine($"warning: model '{conversation.Model}' does not support thinking output");
    }

    /// <summary>What follows a word of the line, line ends included.</summary>
    private static string After(string line, string word) =>
        line[(line.IndexOf(word, StringComparison.Ordinal) + word.Length)..].Trim(' ');
}
