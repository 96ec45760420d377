using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ModelOps.Http.Keys;

/// <summary>The file of keys as text: a JSON object with a line for each key. What is not known in it is refused.</summary>
internal static class KeyFileText
{
    private const int Version = 1;
    private const int MostKeys = 10_000;

    private static readonly string[] s_members =
        ["name", "id", "sha256", "scopes", "models", "rate", "tokens", "uploads", "streams", "created", "expires"];

    internal static string Write(IEnumerable<ApiKey> keys)
    {
        var lines = keys.OrderBy(key => key.Name, StringComparer.Ordinal).Select(Line);
        return $$"""{"version":{{Version}},"keys":[""" + "\n" + string.Join(",\n", lines) + "\n]}\n";
    }

    /// <exception cref="FormatException">It is no such text.</exception>
    internal static ImmutableArray<ApiKey> Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out var version)
                || !version.TryGetInt32(out var number) || !root.TryGetProperty("keys", out var list)
                || list.ValueKind != JsonValueKind.Array)
            {
                throw new FormatException("it is no JSON object with version and keys");
            }

            if (number != Version)
                throw new FormatException($"it is of version {number}, and this program knows version {Version}");
            if (list.GetArrayLength() > MostKeys)
                throw new FormatException($"it has more than {MostKeys} keys");
            ImmutableArray<ApiKey> keys = [.. list.EnumerateArray().Select(KeyOf).OrderBy(key => key.Name, StringComparer.Ordinal)];
            if (keys.GroupBy(key => key.Name).Concat(keys.GroupBy(key => key.Id)).FirstOrDefault(twins => twins.Count() > 1) is { } twice)
                throw new FormatException($"it has two keys called {twice.Key}");
            return keys;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    private static string Line(ApiKey key)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, key.Name);
            json.WriteString("id"u8, key.Id);
            json.WriteString("sha256"u8, key.Hash);
            json.WriteString("scopes"u8, KeyScopes.Write(key.Scopes));
            if (!key.Models.IsEmpty)
                json.WriteString("models"u8, string.Join(',', key.Models));
            WriteQuota(json, "rate", key.Allowance.Requests);
            WriteQuota(json, "tokens", key.Allowance.Tokens);
            WriteQuota(json, "uploads", key.Allowance.Uploads);
            if (key.Allowance.Streams is { } streams)
                json.WriteNumber("streams"u8, streams);
            json.WriteString("created"u8, Time(key.Created));
            if (key.Expires is { } expires)
                json.WriteString("expires"u8, Time(expires));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteQuota(Utf8JsonWriter json, string name, Quota? quota)
    {
        if (quota is not null)
            json.WriteString(name, quota.ToString());
    }

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static ApiKey KeyOf(JsonElement json)
    {
        if (json.EnumerateObject().Select(member => member.Name).FirstOrDefault(member => !s_members.Contains(member)) is { } unknown)
            throw new FormatException($"a key has '{unknown}', which is not known");
        var (name, id, hash) = (Text(json, "name") ?? "", Text(json, "id") ?? "", Text(json, "sha256") ?? "");
        if (!ApiKey.IsName(name))
            throw new FormatException("a key has no name, or none of letters, digits, '-', '_' and '.'");
        if (id.Length != 10 || hash.Length != 64 || !(id + hash).All(char.IsAsciiHexDigitLower))
            throw new FormatException($"id or sha256 of the key {name} is damaged");
        var models = Text(json, "models")?.Split(',') ?? [];
        var scopes = ScopesOf(name, Text(json, "scopes") ?? "", models);
        return new ApiKey
        {
            Name = name,
            Id = id,
            Hash = hash,
            Scopes = scopes,
            Models = [.. models],
            Allowance = new Allowance
            {
                Requests = QuotaOf(json, name, "rate"),
                Tokens = QuotaOf(json, name, "tokens"),
                Uploads = QuotaOf(json, name, "uploads"),
                Streams = StreamsOf(json, name),
            },
            Created = TimeOf(json, name, "created") ?? DateTimeOffset.UnixEpoch,
            Expires = TimeOf(json, name, "expires"),
        };
    }

    private static KeyScope ScopesOf(string key, string scopes, string[] models)
    {
        try
        {
            return KeyReach.Read(scopes, models);
        }
        catch (FormatException error)
        {
            throw new FormatException($"the key {key}: {error.Message}", error);
        }
    }

    private static Quota? QuotaOf(JsonElement json, string key, string member) => Text(json, member) is not { } text ? null
        : Quota.Parse(text) ?? throw new FormatException($"the key {key} has {member} '{text}', which is not {Quota.Form}");

    private static int? StreamsOf(JsonElement json, string key) => !json.TryGetProperty("streams", out var value) ? null
        : value.TryGetInt32(out var number) && number >= 1 ? number
        : throw new FormatException($"the key {key} has streams that are no number from 1 on");

    private static DateTimeOffset? TimeOf(JsonElement json, string key, string member) => Text(json, member) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new FormatException($"the key {key} has {member} '{text}', which is no time");

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
