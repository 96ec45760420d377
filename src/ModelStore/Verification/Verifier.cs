using System.Collections.Immutable;
using System.Security.Cryptography;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Verification;

/// <summary>How a verification is done.</summary>
/// <param name="BytesPerSecond">Reads no faster than this, so that serving is not disturbed; 0 reads as fast as it can.</param>
/// <param name="Quarantine">Sets damaged blobs aside, so that a pull or build brings them anew.</param>
public sealed record VerifyOptions(long BytesPerSecond = 0, bool Quarantine = true);

/// <summary>How far a verification is.</summary>
public sealed record VerifyProgress(Digest Digest, long Completed, long Total);

/// <summary>Reads every blob and compares its content with its name.</summary>
public sealed class Verifier(LocalStore store, TimeProvider time)
{
    private const int PieceSize = 1 << 20;

    /// <summary>Verifies the blobs of some models, or of all and everything else in the store.</summary>
    public Task<VerifyReport> VerifyAsync(
        VerifyOptions options, ModelName? only, Action<VerifyProgress>? progress, CancellationToken cancellationToken) =>
        VerifyModelsAsync(options, only is null ? null : new HashSet<ModelName> { only }, progress, cancellationToken);

    /// <summary>Verifies the blobs of these models; null of all, and everything else in the store.</summary>
    public async Task<VerifyReport> VerifyModelsAsync(
        VerifyOptions options, IReadOnlySet<ModelName>? only, Action<VerifyProgress>? progress, CancellationToken cancellationToken)
    {
        var models = store.ListManifests(out var unreadable).Where(model => only?.Contains(model.Name) != false).ToArray();
        var users = models.SelectMany(model => model.Manifest.Blobs.Select(blob => (Blob: blob, model.Name)))
            .GroupBy(pair => pair.Blob, pair => pair.Name)
            .ToDictionary(group => group.Key, group => group.ToImmutableArray());
        var blobs = users.Keys.Concat(only is null ? Present() : []).Distinct().OrderBy(blob => blob.Hex, StringComparer.Ordinal).ToArray();

        var throttle = new Throttle(options.BytesPerSecond, time);
        var total = blobs.Sum(blob => store.Blobs.SizeOf(blob) ?? 0);
        var findings = ImmutableArray.CreateBuilder<BlobFinding>();
        var read = 0L;
        foreach (var blob in blobs)
        {
            var hit = users.GetValueOrDefault(blob, []);
            var finding = await CheckAsync(
                blob, hit, options, throttle,
                bytes =>
                {
                    read += bytes;
                    progress?.Invoke(new(blob, read, total));
                },
                cancellationToken);
            if (finding is not null)
                findings.Add(finding);
        }

        return new VerifyReport(findings.ToImmutable(), blobs.Length, read, [.. unreadable]);
    }

    private IEnumerable<Digest> Present()
    {
        foreach (var path in Directory.EnumerateFiles(store.Blobs.Folder))
        {
            if (Digest.TryParse(Path.GetFileName(path), out var digest))
                yield return digest;
        }
    }

    private async Task<BlobFinding?> CheckAsync(
        Digest blob, ImmutableArray<ModelName> models, VerifyOptions options, Throttle throttle, Action<long> done,
        CancellationToken cancellationToken)
    {
        if (!store.Blobs.Has(blob))
            return models.IsEmpty ? null : new BlobFinding(blob, BlobProblem.Missing, models, "");
        try
        {
            if (string.Equals((await HashAsync(blob, throttle, done, cancellationToken)).Hex, blob.Hex, StringComparison.OrdinalIgnoreCase))
                return null;
        }
        catch (Exception error) when (error is IOException or StoreException)
        {
            return new BlobFinding(blob, BlobProblem.Unreadable, models, error.Message);
        }

        return new BlobFinding(blob, BlobProblem.Damaged, models, options.Quarantine ? store.Quarantine(blob) : "");
    }

    private async Task<Digest> HashAsync(Digest blob, Throttle throttle, Action<long> done, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = store.Blobs.OpenRead(blob);
        var piece = new byte[PieceSize];
        for (int read; (read = await file.ReadAsync(piece, cancellationToken)) > 0;)
        {
            hash.AppendData(piece, 0, read);
            done(read);
            await throttle.AfterAsync(read, cancellationToken);
        }

        return Digest.FromHash(hash.GetHashAndReset());
    }
}
