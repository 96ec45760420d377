namespace ModelOps.Reconciler.Sources;

/// <summary>
/// Brings files that a mirror was fetched without, from where the repository is: each into a folder of its own, which does not stay. Where
/// no server hands out single files, everything is fetched.
/// </summary>
/// <param name="mirror">The mirror.</param>
/// <param name="addresses">Of the repository, in order of preference.</param>
internal sealed class AbsentFiles(GitMirror mirror, IReadOnlyList<string> addresses)
{
    /// <summary>Brings a file, and hands its content to a reader.</summary>
    /// <exception cref="GitSourceException">No address has it; the message says what each said.</exception>
    internal async Task StreamAsync(RevisionFile file, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        var single = mirror.ForOneFile();
        try
        {
            var place = await BringAsync(file, single, cancellationToken);
            await place.StreamAsync(file.ObjectId, read, cancellationToken);
        }
        finally
        {
            if (Directory.Exists(single.Folder))
                Directory.Delete(single.Folder, recursive: true);
        }
    }

    /// <summary>Where the file is then.</summary>
    private async Task<GitMirror> BringAsync(RevisionFile file, GitMirror single, CancellationToken cancellationToken)
    {
        var failures = new List<GitSourceException>();
        foreach (var address in addresses)
        {
            try
            {
                await single.FetchObjectAsync(address, file.ObjectId, cancellationToken);
                return single;
            }
            catch (GitSourceException error)
            {
                failures.Add(error);
            }
        }

        if (failures.FindIndex(failure => failure.Failure == SourceFailure.SourceMissing) is >= 0 and var place)
        {
            // Another file may have had everything fetched meanwhile.
            if (mirror.Partial.IsOn)
                await mirror.FetchWholeAsync(addresses[place], cancellationToken);
            return mirror;
        }

        throw new GitSourceException(
            failures[0].Location, failures.Find(failure => failure.IsTransient)?.Failure ?? failures[0].Failure,
            $"{file.Path} was not fetched yet: "
                + string.Join("; ", failures.Select(failure => failure.Message).Distinct(StringComparer.Ordinal)),
            failures[0]);
    }
}
