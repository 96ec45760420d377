using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace ModelOps.Cli.Configuration;

/// <summary>Flags of one command, by setting.</summary>
internal sealed class HostFlags
{
    private readonly Dictionary<string, Option> _options = new(StringComparer.Ordinal);

    /// <summary>Adds the flag of every setting that has one to a command.</summary>
    internal HostFlags(Command command)
    {
        foreach (var setting in HostSettings.All)
        {
            if (setting.NewOption() is not { } option)
                continue;
            _options.Add(setting.Path, option);
            command.Options.Add(option);
        }
    }

    /// <summary>What was given for a setting; null when nothing was.</summary>
    internal ImmutableArray<string>? Given(ParseResult parsed, HostSetting setting)
    {
        if (_options.GetValueOrDefault(setting.Path) is not { } option || parsed.GetResult(option) is not { Implicit: false } result)
            return null;
        return option is Option<bool> flag
            ? [parsed.GetValue(flag) ? "true" : "false"]
            : [.. result.Tokens.Select(token => token.Value)];
    }
}

/// <summary>
/// The settings as they hold: what the command line gives, else the environment, else the configuration file. Each layer is read as it
/// always was; this says which one counts.
/// </summary>
/// <param name="file">Values of the file.</param>
/// <param name="environment">The environment.</param>
/// <param name="given">What the command line gives for a setting; null when nothing.</param>
internal sealed class HostValues(HostFile file, HostEnvironment environment, Func<HostSetting, ImmutableArray<string>?> given)
{
    /// <summary>The environment, for settings whose variable counts.</summary>
    internal HostEnvironment Environment => environment;

    /// <summary>The text of a flag; null when it was not given.</summary>
    internal string? Flag(HostSetting setting) => given(setting) is [.., var last] ? last : null;

    /// <summary>The texts of a flag that may be repeated; empty when it was not given.</summary>
    internal ImmutableArray<string> Flags(HostSetting setting) => given(setting) ?? [];

    /// <summary>The value of the file, when neither a flag nor a variable counts before it.</summary>
    internal bool TryFile<T>(HostSetting<T> setting, [MaybeNullWhen(false)] out T value)
        where T : notnull
    {
        value = default;
        if (given(setting) is not null || IsInEnvironment(setting) || file.Values.GetValueOrDefault(setting.Path) is not { } entry)
            return false;
        value = (T)entry.Value;
        return true;
    }

    /// <summary>The value of the file, or another one.</summary>
    internal T FileOr<T>(HostSetting<T> setting, T otherwise)
        where T : notnull => TryFile(setting, out var value) ? value : otherwise;

    /// <summary>The text of a flag, else of the file; null when the environment or the default counts.</summary>
    internal string? Text(HostSetting<string> setting) => Flag(setting) ?? (TryFile(setting, out var value) ? value : null);

    /// <summary>Whether a switch is on by its flag or by the file; null when neither says anything.</summary>
    internal bool? Switch(HostSetting<bool> setting) =>
        Flag(setting) is { } flag ? flag == "true" : TryFile(setting, out var value) ? value : null;

    /// <summary>The values of an entry of a list, over which no flag lies.</summary>
    internal HostValues Entry(HostFile entry) => new(entry, environment, _ => null);

    /// <summary>The file that a setting stands in; empty when it stands in none.</summary>
    internal string Place(HostSetting setting) => file.Values.GetValueOrDefault(setting.Path)?.Place.File ?? "";

    /// <summary>The value as text, and where it comes from.</summary>
    internal (string Text, string Origin) Show(HostSetting setting)
    {
        if (given(setting) is { } texts)
            return (string.Join(", ", texts), setting.Flag ?? "SOURCE");
        if (IsInEnvironment(setting))
            return (environment.Text(setting.Variable!), setting.Variable!);
        return file.Values.GetValueOrDefault(setting.Path) is { } entry
            ? (setting.Row.Show(file), $"{entry.Place.File}:{entry.Place.Span.Line}")
            : (setting.Otherwise, "default");
    }

    private bool IsInEnvironment(HostSetting setting) => setting.Variable is { } name && environment.Text(name).Length > 0;
}
