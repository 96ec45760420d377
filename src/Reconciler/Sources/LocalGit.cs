namespace ModelOps.Reconciler.Sources;

/// <summary>
/// The git program for one look at a folder of this machine: its configuration lies in a temporary folder that goes with it.
/// </summary>
internal sealed class LocalGit : IDisposable
{
    private readonly DirectoryInfo _own = Directory.CreateTempSubdirectory("modelops-git-");

    internal LocalGit(SourceOptions options, TimeProvider time) => Program = new GitProgram(_own.FullName, options, time);

    internal GitProgram Program { get; }

    /// <inheritdoc/>
    public void Dispose() => _own.Delete(recursive: true);
}
