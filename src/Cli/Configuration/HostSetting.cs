using System.Collections.Immutable;
using System.CommandLine;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Configuration;

/// <summary>
/// One setting of the machine: its place in the configuration file, and its flag of <c>serve</c> and variable of the environment where it
/// has them. A flag counts before a variable, a variable before the file, and the file before the default.
/// </summary>
internal abstract record HostSetting
{
    /// <summary>Keys in the file, such as <c>source.pollInterval</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its key where it stands in an entry of a list, such as <c>branch</c>; null in the file itself.</summary>
    public string? Key { get; init; }

    /// <summary>What it is for, in a sentence.</summary>
    public required string Text { get; init; }

    /// <summary>It must be there.</summary>
    public bool Required { get; init; }

    /// <summary>Flag of <c>serve</c>, such as <c>--poll-interval</c>.</summary>
    public string? Flag { get; init; }

    /// <summary>What the flag's help calls its value.</summary>
    public string? Value { get; init; }

    /// <summary>Variable of the environment.</summary>
    public string? Variable { get; init; }

    /// <summary>What holds when nothing sets it, in words.</summary>
    public required string Otherwise { get; init; }

    /// <summary>A change is taken over by a reload; everything else needs a restart.</summary>
    public bool Live { get; init; }

    /// <summary>Its row of the file's table.</summary>
    internal abstract Setting<HostFile> Row { get; }

    /// <summary>Its flag; null when it has none.</summary>
    internal Option? NewOption()
    {
        if (Flag is not { } flag)
            return null;
        var otherwise = Variable is null ? Otherwise : $"{Variable}, else {Otherwise}";
        var description = Row.Kind is SwitchKind ? Text : $"{Text} [default: {otherwise}]";
        switch (Row.Kind)
        {
            case SwitchKind:
                return new Option<bool>(flag) { Description = description };
            case ListKind<string>:
                return new Option<string[]>(flag) { Description = $"{Text}; repeatable", HelpName = Value };
            default:
                var option = new Option<string?>(flag) { Description = description, HelpName = Value };
                if (Row.Kind is WordKind<string> words)
                    option.AcceptOnlyFromAmong([.. words.Values.Select(word => word.Word)]);
                return option;
        }
    }
}

/// <summary>A setting whose value in the file is read to a type.</summary>
internal sealed record HostSetting<T> : HostSetting
    where T : notnull
{
    /// <summary>What the file may hold.</summary>
    public required ValueKind<T> Kind { get; init; }

    /// <summary>Makes the row; the kinds of values and of objects need different ones.</summary>
    public required Func<HostSetting<T>, Setting<HostFile>> ToRow { get; init; }

    internal override Setting<HostFile> Row => ToRow(this);
}

/// <summary>Makes the rows.</summary>
internal static class HostRow
{
    internal static HostSetting<string> Text(string path, string text, ScalarKind<string>? kind = null) => new()
    {
        Path = path,
        Text = text,
        Otherwise = "none",
        Kind = kind ?? TextKinds.Any,
        ToRow = setting => Setting<HostFile>.Of(
            setting.Key ?? path, setting.Kind, Help(setting), file => file.Values.GetValueOrDefault(path)?.Value as string,
            (file, value, place) => file.With(path, value, place)) with
        {
            Otherwise = setting.Otherwise,
            Required = setting.Required,
        },
    };

    internal static HostSetting<T> Value<T>(string path, string text, ValueKind<T> kind)
        where T : struct => new()
        {
            Path = path,
            Text = text,
            Otherwise = "none",
            Kind = kind,
            ToRow = setting => Setting<HostFile>.Of(
                setting.Key ?? path, setting.Kind, Help(setting), file => file.Values.GetValueOrDefault(path)?.Value as T?,
                (file, value, place) => file.With(path, value, place)) with
            {
                Otherwise = setting.Otherwise,
                Required = setting.Required,
            },
        };

    internal static HostSetting<ImmutableArray<string>> List(string path, string text, string item) =>
        Value(path, text, new ListKind<string>(TextKinds.Any, item)) with { Otherwise = "none" };

    /// <summary>One of a few words, as they are.</summary>
    internal static WordKind<string> Words(params string[] words) => new([.. words.Select(word => (word, word))]);

    /// <summary>The text, with the other places that the setting has.</summary>
    private static string Help(HostSetting setting)
    {
        var places = new[] { setting.Flag, setting.Variable }.OfType<string>().ToArray();
        var live = setting.Live ? " Reloaded while running." : "";
        return $"{setting.Text.TrimEnd('.')}.{(places.Length == 0 ? "" : $" Also {string.Join(" and ", places)}.")}{live}";
    }
}
