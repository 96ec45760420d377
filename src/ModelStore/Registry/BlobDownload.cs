using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Registry;

/// <summary>
/// Fetches one blob in parts and checks it. What was fetched stays when it ends early, and is taken up by the next attempt.
/// </summary>
internal sealed class BlobDownload(BlobStore blobs, BlobSource source, RegistryOptions options, Bandwidth bandwidth, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private volatile PartialBlob? _partial;
    private long _elsewhere;

    /// <summary>Bytes that are there, from earlier attempts too. May be asked from any thread.</summary>
    public long Completed => _partial is { } partial ? partial.Parts.Sum(part => part.Completed) : Volatile.Read(ref _elsewhere);

    /// <exception cref="StoreException">It cannot be had, is another content, or does not fit on the disk.</exception>
    public async Task<BlobWritten> RunAsync(CancellationToken cancellationToken)
    {
        using var partial = await HoldAsync(cancellationToken);
        if (source.Expected is { } wanted && blobs.Has(wanted))
        {
            // Another process was faster.
            partial.Delete();
            return new(wanted, source.Total, Existed: true);
        }

        try
        {
            return await FetchAsync(partial, cancellationToken);
        }
        catch (StoreException error) when (error.Failure is StoreFailure.NoSpace)
        {
            // The space helps others more than a download that cannot end.
            partial.Delete();
            throw;
        }
    }

    private async Task<BlobWritten> FetchAsync(PartialBlob partial, CancellationToken cancellationToken)
    {
        partial.Begin(source.Total, options);
        _partial = partial;
        var digest = await MoveAsync(partial, cancellationToken);
        if (source.Expected is not { } wanted)
            return partial.Keep(digest);
        if (!IsSame(wanted, digest))
            digest = await RepairAsync(partial, wanted, digest, cancellationToken);
        if (IsSame(wanted, digest))
            return partial.Keep(wanted);
        partial.Delete();
        throw new StoreException(new StoreFailure.OtherContent(wanted, digest), wanted.ToString());
    }

    private async Task<Digest> MoveAsync(PartialBlob partial, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hash = new PrefixHash(partial.Content, partial.Parts);
        var parts = new PartDownload(partial, source, options, bandwidth, Take, time);
        var hashing = hash.RunAsync(failed.Token);
        try
        {
            await new PartLanes(options, time).RunAsync(partial.Parts, parts.RunAsync, cancellationToken);
            hash.Tell();
            return await hashing;
        }
        finally
        {
            await failed.CancelAsync();
            await ((Task)hashing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        void Take(PartState part, ReadOnlyMemory<byte> bytes)
        {
            partial.Write(part, bytes.Span);
            hash.Tell();
        }
    }

    // Bytes were damaged on their way, or a power cut lost some that were noted as written. No digest of a part is known: each is
    // fetched once more, alone, and compared, until the whole is right.
    private async Task<Digest> RepairAsync(PartialBlob partial, Digest wanted, Digest found, CancellationToken cancellationToken)
    {
        foreach (var part in partial.Parts)
        {
            var differs = false;
            var again = new PartDownload(
                partial, source, options, bandwidth, (one, bytes) => differs |= partial.Correct(one, bytes.Span), time);
            part.Restart();
            await again.RunAsync(part, cancellationToken);
            if (differs)
                found = await new PrefixHash(partial.Content, partial.Parts).RunAsync(cancellationToken);
            if (IsSame(wanted, found))
                return found;
        }

        return found;
    }

    private static bool IsSame(Digest one, Digest other) => string.Equals(one.Hex, other.Hex, StringComparison.OrdinalIgnoreCase);

    private async Task<PartialBlob> HoldAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (PartialBlob.TryHold(blobs, source.Name) is { } partial)
                return partial;
            Volatile.Write(ref _elsewhere, PartialBlob.Recorded(blobs, source.Name));
            await Task.Delay(LookAgain, time, cancellationToken);
        }
    }
}
