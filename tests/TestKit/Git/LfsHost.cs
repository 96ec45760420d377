using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelOps.TestKit.Git;

/// <summary>A small LFS server: the batch API with basic transfers, ranges, and what goes wrong with them when a test wants it.</summary>
public sealed class LfsHost
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private int _broken;

    /// <summary>What an <c>Authorization</c> of the batch API must say; null lets everybody in.</summary>
    public string? Wanted { get; set; }

    /// <summary>What the batch API tells clients to send with a download; null for nothing.</summary>
    public string? Handed { get; set; }

    /// <summary>The first so many downloads end after <see cref="BreakAfter"/> bytes.</summary>
    public int Breaks { get; set; }

    /// <summary>Bytes after which a download breaks.</summary>
    public int BreakAfter { get; set; }

    /// <summary>Whether parts of objects can be asked for.</summary>
    public bool KnowsRanges { get; set; } = true;

    /// <summary>The first byte of every download is another one.</summary>
    public bool Damages { get; set; }

    /// <summary>Scheme and host of downloads; null for the server's own.</summary>
    public string? DownloadBase { get; set; }

    /// <summary>Every request: its first line, its range and its authorization.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Bytes of objects that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Stores an object and returns its pointer.</summary>
    public string Add(byte[] content)
    {
        var hex = Convert.ToHexStringLower(SHA256.HashData(content));
        _objects[hex] = content;
        return Pointer(hex, content.Length);
    }

    /// <summary>The text that stands for an object.</summary>
    public static string Pointer(string hex, long size) => string.Create(
        CultureInfo.InvariantCulture, $"version https://git-lfs.github.com/spec/v1\noid sha256:{hex}\nsize {size}\n");

    internal async Task<bool> AnswerAsync(
        string[] first, Dictionary<string, string> headers, byte[] body, Stream stream, string own, CancellationToken cancellationToken)
    {
        var said = headers.GetValueOrDefault("Authorization");
        var isBatch = first[1].EndsWith(".git/info/lfs/objects/batch", StringComparison.Ordinal);
        if (!isBatch && !first[1].StartsWith("/lfs-objects/", StringComparison.Ordinal))
            return false;
        var range = headers.GetValueOrDefault("Range");
        Requests.Enqueue($"{first[0]} {first[1]} {range} {said}");
        if (!isBatch)
            await SendAsync(first[1]["/lfs-objects/".Length..], range, said, stream, cancellationToken);
        else if (Wanted is not null && said != Wanted)
            await WriteAsync(stream, "401 Unauthorized", "{\"message\":\"who are you?\"}"u8.ToArray(), "", cancellationToken);
        else
            await WriteAsync(stream, "200 OK", Encoding.UTF8.GetBytes(Batch(body, own)), "", cancellationToken);
        return true;
    }

    private string Batch(byte[] body, string own)
    {
        var wanted = JsonNode.Parse(body)!["objects"]![0]!;
        var hex = wanted["oid"]!.GetValue<string>();
        var answer = new JsonObject { ["oid"] = hex, ["size"] = wanted["size"]!.GetValue<long>() };
        if (!_objects.ContainsKey(hex))
            answer["error"] = new JsonObject { ["code"] = 404, ["message"] = "Object does not exist" };
        else
        {
            var download = new JsonObject { ["href"] = $"{DownloadBase ?? own.TrimEnd('/')}/lfs-objects/{hex}" };
            if (Handed is { } handed)
                download["header"] = new JsonObject { ["Authorization"] = handed };
            answer["actions"] = new JsonObject { ["download"] = download };
        }

        return new JsonObject { ["transfer"] = "basic", ["objects"] = new JsonArray(answer) }.ToJsonString();
    }

    private async Task SendAsync(string hex, string? range, string? said, Stream stream, CancellationToken cancellationToken)
    {
        if (!_objects.TryGetValue(hex, out var content) || (Handed ?? Wanted) is { } wanted && said != wanted)
        {
            await WriteAsync(stream, "403 Forbidden", [], "", cancellationToken);
            return;
        }

        var bytes = content.ToArray();
        if (Damages)
            bytes[0] ^= 1;
        var (from, to) = (0, bytes.Length - 1);
        var isPart = KnowsRanges && range is not null;
        if (isPart)
        {
            var parts = range!["bytes=".Length..].Split('-');
            from = int.Parse(parts[0], CultureInfo.InvariantCulture);
            to = Math.Min(to, int.Parse(parts[1], CultureInfo.InvariantCulture));
        }

        var breaks = Interlocked.Increment(ref _broken) <= Breaks;
        var sent = breaks ? Math.Min(BreakAfter, to - from + 1) : to - from + 1;
        var head = isPart
            ? string.Create(
                CultureInfo.InvariantCulture, $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{to}/{bytes.Length}\r\n")
            : "HTTP/1.1 200 OK\r\n";
        head += string.Create(CultureInfo.InvariantCulture, $"Content-Length: {to - from + 1}\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        await stream.WriteAsync(bytes.AsMemory(from, sent), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        Sent += sent;
    }

    private static async Task WriteAsync(Stream stream, string status, byte[] body, string headers, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n")),
            cancellationToken);
        await stream.WriteAsync(body, cancellationToken);
    }
}
