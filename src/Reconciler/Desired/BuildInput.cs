using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Desired;

/// <summary>What an argument of FROM, ADAPTER or DRAFT turned out to name. A closed set.</summary>
/// <param name="Written">The argument as written.</param>
public abstract record BuildInput(string Written)
{
    /// <summary>Text that is equal exactly when the content is.</summary>
    internal abstract string Identity { get; }

    /// <summary>Files of the revision.</summary>
    public sealed record RepositoryFiles(string Written, ImmutableArray<RevisionFile> Files) : BuildInput(Written)
    {
        // The name shows whether it is a shard, so it belongs to the content.
        internal override string Identity =>
            "git " + string.Join(' ', Files.Select(file => $"{file.Path[(file.Path.LastIndexOf('/') + 1)..]}@{file.ObjectId}"));
    }

    /// <summary>Files of this machine, in a folder that the host's configuration allows.</summary>
    public sealed record HostFiles(string Written, ImmutableArray<HostFile> Files) : BuildInput(Written)
    {
        internal override string Identity =>
            "host " + string.Join(' ', Files.Select(file => FormattableString.Invariant($"{file.Path}@{file.Size}.{file.ModifiedTicks}")));
    }

    /// <summary>Another model of the set, which is built first.</summary>
    public sealed record OtherModel(string Written, ModelName Model) : BuildInput(Written)
    {
        internal override string Identity => "model " + Model.FullName;
    }

    /// <summary>A file of a web server; what an address without a pin stands for is decided when it is first fetched.</summary>
    public sealed record WebFile(string Written) : BuildInput(Written)
    {
        internal override string Identity => "web " + Written;
    }

    /// <summary>A name in the store, pulled when it is not there.</summary>
    public sealed record StoredName(string Written, ModelName Name) : BuildInput(Written)
    {
        internal override string Identity => "name " + Name.FullName;
    }
}

/// <summary>A file of this machine as it was when the revision was read.</summary>
public sealed record HostFile(string Path, long Size, long ModifiedTicks)
{
    /// <summary>It is remembered from when it was taken in; on the disk there may be another one by now.</summary>
    public bool IsTakenIn { get; init; }
}
