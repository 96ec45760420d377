using System.Collections.Immutable;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>Opens the sources that the host names: at the start, and when its configuration names others while the daemon runs.</summary>
/// <param name="gitFolder">Folder of the mirrors.</param>
/// <param name="time">Clock of the time limits.</param>
internal sealed class SourceRoster(string gitFolder, TimeProvider time)
{
    private ImmutableArray<SourceOptions> _wanted = [];

    /// <summary>Begins to follow a source that was opened. Set before anything changes; called on the loop then.</summary>
    internal Func<SourceOptions, IRepositorySource, FollowedSource>? Follow { get; set; }

    /// <summary>Opens those of the start. One that is not there is an error if it is the only one, else it is looked for later.</summary>
    /// <exception cref="GitSourceException">One is nothing that can be served.</exception>
    internal async Task<ImmutableArray<IRepositorySource>> OpenAsync(
        ImmutableArray<SourceOptions> sources, CancellationToken cancellationToken)
    {
        var readers = ImmutableArray.CreateBuilder<IRepositorySource>(sources.Length);
        foreach (var source in sources)
        {
            MirrorFolder.Clean(MirrorFolder.Of(gitFolder, source.Name));
            readers.Add(await OpenAsync(source, isNeeded: sources.Length == 1, cancellationToken));
        }

        _wanted = sources;
        return readers.ToImmutable();
    }

    /// <summary>
    /// Has others followed from the next pass on. One that changed is opened anew and goes on from what was accepted of it; one that is not
    /// there is looked for later. One call at a time.
    /// </summary>
    /// <returns>A sentence for each that changes.</returns>
    /// <exception cref="GitSourceException">One is nothing that can be served; nothing changes then.</exception>
    internal async Task<ImmutableArray<string>> ChangeAsync(
        ImmutableArray<SourceOptions> wanted, FollowedSources followed, CancellationToken cancellationToken)
    {
        var told = ImmutableArray.CreateBuilder<string>();
        var next = new List<(SourceOptions Source, IRepositorySource? Anew)>();
        foreach (var source in wanted)
        {
            var before = _wanted.FirstOrDefault(known => known.Name == source.Name);
            if (before?.IsFollowedAs(source) == true)
            {
                next.Add((source, Anew: null));
                if (before.PollInterval != source.PollInterval)
                    told.Add($"source {source.Name} is looked at every {Durations.Format(source.PollInterval)}");
                continue;
            }

            next.Add((source, await OpenAsync(source, isNeeded: false, cancellationToken)));
            told.Add($"source {source.Name} is followed {(before is null ? "from now on" : "anew")}");
        }

        told.AddRange(
            _wanted.Where(known => wanted.All(source => source.Name != known.Name))
                .Select(gone => $"source {gone.Name} is not followed any more"));
        _wanted = wanted;
        if (told.Count > 0)
            followed.Change(before => [.. next.Select(one => Next(before, one.Source, one.Anew))]);
        return told.ToImmutable();
    }

    /// <summary>On the loop: what a change before this one would have made, had a pass come in between, is made now.</summary>
    private FollowedSource Next(ImmutableArray<FollowedSource> before, SourceOptions source, IRepositorySource? anew)
    {
        if (anew is not null || before.FirstOrDefault(known => known.Name == source.Name) is not { } same || !same.Is(source))
            return Follow!(source, anew ?? Later(source, source.Location));
        same.Interval = source.PollInterval;
        return same;
    }

    private async Task<IRepositorySource> OpenAsync(SourceOptions source, bool isNeeded, CancellationToken cancellationToken)
    {
        try
        {
            return await RepositorySources.OpenAsync(gitFolder, source, time, cancellationToken);
        }
        catch (GitSourceException error) when (!isNeeded && error.Failure is not (SourceFailure.SourceInvalid or SourceFailure.GitMissing))
        {
            return Later(source, error.Location);
        }
    }

    private AbsentSource Later(SourceOptions source, string display) =>
        new(display, token => RepositorySources.OpenAsync(gitFolder, source, time, token));
}
