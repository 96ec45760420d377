using System.Collections.Immutable;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Configuration;

/// <summary>The values of a host configuration file, by path.</summary>
/// <param name="Values">Only what stands there.</param>
internal sealed record HostFile(ImmutableSortedDictionary<string, HostFile.Entry> Values)
{
    /// <summary>No file, or one that says nothing.</summary>
    internal static HostFile Empty { get; } = new(ImmutableSortedDictionary.Create<string, Entry>(StringComparer.Ordinal));

    internal HostFile With(string path, object value, SettingPlace place) => new(Values.SetItem(path, new Entry(value, place)));

    /// <summary>A value and where it stands.</summary>
    internal sealed record Entry(object Value, SettingPlace Place);
}
