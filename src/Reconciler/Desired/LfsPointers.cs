using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Sources.Lfs;

namespace ModelOps.Reconciler.Desired;

/// <summary>The files of a revision that are pointers of git LFS, and what they stand for.</summary>
internal sealed class LfsPointers
{
    private readonly Dictionary<string, RevisionFile?> _contents = new(StringComparer.Ordinal);

    internal void Add(RevisionFile file, LfsPointer pointer) =>
        _contents[file.Path] = new RevisionFile(file.Path, "sha256:" + pointer.Hex, pointer.Size) { IsInLfs = true };

    /// <summary>A pointer that was reported already: nobody needs to look into it.</summary>
    internal void AddBroken(RevisionFile file) => _contents[file.Path] = null;

    internal DesiredModel Resolved(DesiredModel model) => _contents.Count == 0
        ? model
        : model with
        {
            From = [.. model.From.Select(Resolved)],
            Adapters = [.. model.Adapters.Select(Resolved)],
            Drafts = [.. model.Drafts.Select(Resolved)],
        };

    /// <summary>An input with the contents of its pointers instead of these.</summary>
    internal BuildInput Resolved(BuildInput input) => input is BuildInput.RepositoryFiles repository
        ? repository with
        {
            Files = [.. repository.Files.Select(file => _contents.GetValueOrDefault(file.Path, file)).OfType<RevisionFile>()],
        }
        : input;
}
