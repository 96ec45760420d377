using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using Polly;

namespace ModelOps.ModelStore.Registry;

/// <summary>
/// Sends one blob: mounts it from another repository when that can be, else in pieces, one after the other or redirected side by side.
/// </summary>
/// <remarks>What a registry has taken stays taken: the next attempt, of this process or another, asks how far the upload is and goes on
/// there.</remarks>
internal sealed class BlobUpload(
    RegistrySession session, HttpClient http, BlobStore blobs, UploadMemory memory, Layer layer, RegistryOptions options, TimeProvider time)
{
    private readonly ResiliencePipeline _requests = RegistryResilience.Requests(options, time);
    private readonly ResiliencePipeline _parts = RegistryResilience.Parts(options, time);
    private readonly string _key = session.BlobAddress(layer.Digest).ToString();
    private IReadOnlyList<UploadPart> _sending = [];

    /// <summary>Bytes that have left.</summary>
    public long Completed => _sending.Sum(part => part.Sent);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await ExistsAsync(cancellationToken))
            return;

        // A registry may forget an upload; then it is begun anew, as often as anything else is tried.
        await _parts.ExecuteAsync(async token => await SendAsync(token), cancellationToken);
        memory.Forget(_key);
    }

    private async Task<bool> ExistsAsync(CancellationToken cancellationToken) => await _requests.ExecuteAsync(
        async token =>
        {
            using var response = await session.SendLimitedAsync(
                to => new HttpRequestMessage(HttpMethod.Head, to), session.BlobAddress(layer.Digest), token);
            if (response.StatusCode == HttpStatusCode.NotFound)
                return false;
            await Responses.CheckAsync(response, time, token);
            return true;
        },
        cancellationToken);

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var (resumed, received) = await ResumeAsync(cancellationToken);
        var address = resumed ?? await BeginAsync(cancellationToken);
        if (address is null)
            return;

        await using var file = blobs.OpenRead(layer.Digest);
        var parts = PartState.Plan(file.Length, options)
            .Select(part => new UploadPart(file.SafeFileHandle, layer.Digest, part.Number, part.Offset, part.Size, received)).ToArray();
        _sending = parts;

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var slots = new SemaphoreSlim(options.Parallel);
        var redirected = new List<Task>();
        try
        {
            foreach (var part in parts.Where(part => part.Left > 0))
            {
                var (next, target) = await PatchAsync(part, address, failed.Token);
                address = next;
                if (target is null)
                {
                    memory.Remember(_key, address);
                    continue;
                }

                // A piece that lies in another place cannot be asked for here.
                memory.Forget(_key);
                await slots.WaitAsync(failed.Token);
                redirected.Add(PutAsync(part, target, slots, failed));
            }

            await Task.WhenAll(redirected);
        }
        finally
        {
            // The file is closed only when no task reads it any more.
            if (redirected.Any(task => !task.IsCompletedSuccessfully))
                await failed.CancelAsync();
            await Task.WhenAll(redirected).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await FinishAsync(address, redirected.Count > 0 ? parts : [], cancellationToken);
    }

    /// <summary>Asks after an upload that was begun earlier.</summary>
    /// <returns>Where it goes on and how many bytes the registry has of it; null when it knows nothing of it.</returns>
    private async Task<(Uri? Next, long Received)> ResumeAsync(CancellationToken cancellationToken)
    {
        if (memory.Recall(_key) is not { } address)
            return (null, 0);
        using var response = await session.SendLimitedAsync(to => new HttpRequestMessage(HttpMethod.Get, to), address, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent && UploadLocation(response) is { } next)
            return (next, Math.Min(Received(response), layer.Size));
        if (response.StatusCode != HttpStatusCode.NotFound)
            await Responses.CheckAsync(response, time, cancellationToken);
        memory.Forget(_key);
        return (null, 0);
    }

    // "0-N" names the last byte that is there; an upload without any has "0-0" as well, and is then better sent whole.
    private static long Received(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Range", out var values)
        && values.First().Split('-') is [_, var last]
        && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number > 0
            ? number + 1
            : 0;

    /// <returns>Where to send, or null when the registry has the blob now.</returns>
    private async Task<Uri?> BeginAsync(CancellationToken cancellationToken)
    {
        // What a layer came from may also be the name of a file; a registry that does not know it opens an upload all the same.
        var query = ModelName.TryParse(layer.From, out var from)
            ? $"?mount={Uri.EscapeDataString(layer.Digest.ToString())}&from={Uri.EscapeDataString($"{from.Namespace}/{from.Model}")}"
            : "";
        using var response = await session.AskAsync(
            to => new HttpRequestMessage(HttpMethod.Post, to) { Content = new ByteArrayContent([]) }, session.UploadAddress(query),
            cancellationToken);
        if (response.StatusCode == HttpStatusCode.Created)
            return null;
        var address = Location(response);
        memory.Remember(_key, address);
        return address;
    }

    /// <summary>Offers a piece.</summary>
    /// <returns>Where the next request goes, and where this piece has to go if it was not taken here.</returns>
    private async Task<(Uri Next, Uri? Target)> PatchAsync(UploadPart part, Uri address, CancellationToken cancellationToken)
    {
        using var watch = new StallWatch(options.StallTimeout, time, cancellationToken);
        using var response = await watch.GuardAsync(token => session.SendAsync(
            to =>
            {
                var request = new HttpRequestMessage(HttpMethod.Patch, to) { Content = part.Body(watch.Alive, hash: null) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                request.Content.Headers.TryAddWithoutValidation("Content-Range", $"{part.First}-{part.Offset + part.Size - 1}");
                request.Headers.TryAddWithoutValidation("X-Redirect-Uploads", "1");

                // Lets a registry redirect before the piece is on its way.
                request.Headers.ExpectContinue = true;
                return request;
            },
            address, token));
        if (response.StatusCode == HttpStatusCode.TemporaryRedirect)
        {
            part.Sent = 0;
            var target = response.Headers.Location ?? throw StoreException.RegistryFailed("http: no Location header in response");
            return (UploadLocation(response) ?? address, new Uri(address, target));
        }

        await CheckAsync(response, cancellationToken);
        return (Location(response), null);
    }

    // Object stores take a piece on an address that is signed by itself: no credentials go there.
    private async Task PutAsync(UploadPart part, Uri target, SemaphoreSlim slots, CancellationTokenSource failed)
    {
        try
        {
            await _parts.ExecuteAsync(
                async token =>
                {
                    part.Sent = 0;
#pragma warning disable CA5351 // The protocol of object stores names versions by it; the content is protected by its SHA-256.
                    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
                    using var watch = new StallWatch(options.StallTimeout, time, token);
                    using var request = new HttpRequestMessage(HttpMethod.Put, target) { Content = part.Body(watch.Alive, hash) };
                    request.Headers.TryAddWithoutValidation("User-Agent", options.UserAgent);
                    using var response = await watch.GuardAsync(
                        inner => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, inner));
                    await CheckAsync(response, token);
                    part.Md5 = hash.GetHashAndReset();
                },
                failed.Token);
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task FinishAsync(Uri address, IReadOnlyList<UploadPart> redirected, CancellationToken cancellationToken)
    {
        var query = $"digest={Uri.EscapeDataString(layer.Digest.ToString())}";
        if (redirected.Count > 0)
            query += $"&etag={Etag(redirected)}";
        var separator = address.Query.Length > 0 ? "&" : "?";
        using var response = await session.SendLimitedAsync(
            to => new HttpRequestMessage(HttpMethod.Put, to) { Content = new ByteArrayContent([]) }, new Uri(address + separator + query),
            cancellationToken);
        await CheckAsync(response, cancellationToken);
    }

    private static string Etag(IReadOnlyList<UploadPart> parts)
    {
#pragma warning disable CA5351 // See above.
        var all = MD5.HashData(parts.SelectMany(part => part.Md5).ToArray());
#pragma warning restore CA5351
        return $"{Convert.ToHexStringLower(all)}-{parts.Count}";
    }

    private async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // An upload that the registry forgot can be begun anew, unlike a missing blob.
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            memory.Forget(_key);
            throw new IOException("the registry has lost the upload");
        }

        await Responses.CheckAsync(response, time, cancellationToken);
    }

    private static Uri Location(HttpResponseMessage response) =>
        UploadLocation(response) ?? throw StoreException.RegistryFailed("http: no Location header in response");

    private static Uri? UploadLocation(HttpResponseMessage response)
    {
        var asked = response.RequestMessage!.RequestUri!;
        if (response.Headers.TryGetValues("Docker-Upload-Location", out var values) && values.FirstOrDefault() is { Length: > 0 } text)
            return new Uri(asked, text);
        return response.Headers.Location is { } location ? new Uri(asked, location) : null;
    }
}
