using System.Diagnostics;
using System.Globalization;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Control;

/// <summary>What can be asked of the reconciler. A closed set; <see cref="Verb"/> is the word of the command line.</summary>
/// <param name="Verb">The word for it in requests, events and the audit.</param>
/// <param name="Subject">Complete name of the model it is about; empty for the set.</param>
/// <param name="Argument">What it is given besides, as it is written down.</param>
public abstract record ControlCommand(string Verb, string Subject = "", string Argument = "")
{
    /// <summary>Look at the source now, try again what failed, and tell what came of it.</summary>
    /// <param name="Model">Only this model is asked about; null for all.</param>
    /// <param name="Source">Only this source is looked at; null for all.</param>
    /// <param name="OnNews">A program says that there is news: what a maintenance window lets persons do is not asked for.</param>
    public sealed record Sync(ModelName? Model = null, string? Source = null, bool OnNews = false) :
        ControlCommand("sync", Model?.FullName ?? "", Text(OnNews ? News : "", Source));

    // No source is called so: names have no colon.
    private const string News = "on:news";

    /// <summary>Accept one commit although history was rewritten. Once.</summary>
    /// <param name="Commit">The commit, or the beginning of one that was refused for it.</param>
    /// <param name="Source">The source; null for the one that offered the commit.</param>
    public sealed record AcceptRewind(string Commit, string? Source = null) :
        ControlCommand("accept-rewind", Argument: Text(Commit, Source));

    /// <summary>Keep what a model serves until it is released.</summary>
    public sealed record Hold(ModelName Model) : ControlCommand("hold", Model.FullName);

    /// <summary>End a hold, whoever placed it.</summary>
    public sealed record Release(ModelName Model) : ControlCommand("release", Model.FullName);

    /// <summary>Try a model that failed, or that its gate refused, at once.</summary>
    public sealed record Retry(ModelName Model) : ControlCommand("retry", Model.FullName);

    /// <summary>Serve an earlier build, and refuse the one that git asks for.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Build">Beginning of the digest of a kept build; null for the one served before.</param>
    public sealed record Rollback(ModelName Model, string? Build = null) : ControlCommand("rollback", Model.FullName, Build ?? "");

    /// <summary>Apply no changes until resumed.</summary>
    /// <param name="Until">When that ends by itself; null for never.</param>
    /// <param name="Source">Only this source; null for everything.</param>
    public sealed record Suspend(DateTimeOffset? Until = null, string? Source = null) :
        ControlCommand("suspend", Argument: Text(Text(Until), Source));

    /// <summary>Apply changes again.</summary>
    /// <param name="Source">Only of this source; null ends the suspension of everything.</param>
    public sealed record Resume(string? Source = null) : ControlCommand("resume", Argument: Source ?? "");

    /// <summary>Let a blocked removal be carried out.</summary>
    /// <param name="Digest">The digest that the status tells, or its beginning.</param>
    public sealed record Approve(string Digest) : ControlCommand("approve", Argument: Digest);

    /// <summary>The command of a request that was written down.</summary>
    internal static ControlCommand Of(RequestRecord request) => (request.Verb, request.Model, request.Argument) switch
    {
        ("sync", var model, var text) => SyncOf(model, text),
        ("accept-rewind", _, var text) => new AcceptRewind(text.Split(' ')[0], Named(text.Split(' ').ElementAtOrDefault(1))),
        ("hold", var model, _) => new Hold(ModelName.Parse(model)),
        ("release", var model, _) => new Release(ModelName.Parse(model)),
        ("retry", var model, _) => new Retry(ModelName.Parse(model)),
        ("rollback", var model, var build) => new Rollback(ModelName.Parse(model), build.Length == 0 ? null : build),
        ("suspend", _, var text) => SuspendOf(text),
        ("resume", _, var source) => new Resume(Named(source)),
        ("approve", _, var digest) => new Approve(digest),
        _ => throw new UnreachableException($"no request is called {request.Verb}"),
    };

    private static Sync SyncOf(string model, string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new Sync(
            model.Length == 0 ? null : ModelName.Parse(model), parts.FirstOrDefault(part => part != News), parts.Contains(News));
    }

    /// <summary>A time has a colon, the name of a source has none.</summary>
    private static Suspend SuspendOf(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var until = parts.FirstOrDefault(part => part.Contains(':'));
        return new Suspend(
            until is null ? null : DateTimeOffset.Parse(until, CultureInfo.InvariantCulture),
            parts.FirstOrDefault(part => !part.Contains(':')));
    }

    private static string? Named(string? source) => string.IsNullOrEmpty(source) ? null : source;

    private static string Text(string value, string? source) =>
        string.Join(' ', new[] { value, source }.Where(part => part is { Length: > 0 }));

    private static string Text(DateTimeOffset? until) => until is { } end ? end.ToString("O", CultureInfo.InvariantCulture) : "";
}
