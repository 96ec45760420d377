using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace ModelOps.ModelStore.Registry;

/// <summary>What is presented to one registry: a user and a password, or a token.</summary>
/// <param name="User">User name; empty with a token.</param>
/// <param name="Password">Password.</param>
/// <param name="Token">Token to send as it is; empty with a user.</param>
public sealed record RegistryCredential(string User, string Password, string Token)
{
    internal string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    /// <summary>Hides the secrets.</summary>
    public override string ToString() => Token.Length > 0 ? "a token" : $"the password of {User}";
}

/// <summary>Credentials by registry, as the file <c>config.json</c> of container tools has them under <c>auths</c>.</summary>
/// <param name="Credentials">By host and port.</param>
public sealed record DockerConfig(ImmutableDictionary<string, RegistryCredential> Credentials)
{
    /// <summary>No credentials.</summary>
    public static DockerConfig Empty { get; } = new(
        ImmutableDictionary.Create<string, RegistryCredential>(StringComparer.OrdinalIgnoreCase));

    /// <summary>Reads such a file. Entries that keep their secret elsewhere (credential programs) are left out.</summary>
    /// <exception cref="FormatException">It is not a JSON object.</exception>
    public static DockerConfig Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var found = Empty.Credentials;
            if (!document.RootElement.TryGetProperty("auths", out var auths) || auths.ValueKind != JsonValueKind.Object)
                return Empty;
            foreach (var entry in auths.EnumerateObject())
            {
                if (Credential(entry.Value) is { } credential)
                    found = found.SetItem(HostOf(entry.Name), credential);
            }

            return new(found);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException($"the registry credentials cannot be read: {error.Message}", error);
        }
    }

    internal RegistryCredential? Of(string host) => Credentials.GetValueOrDefault(host);

    private static RegistryCredential? Credential(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            return null;
        if (Text(entry, "registrytoken") is { Length: > 0 } token)
            return new("", "", token);
        if (Text(entry, "username") is { Length: > 0 } user)
            return new(user, Text(entry, "password"), "");

        var bytes = new byte[Text(entry, "auth").Length];
        if (!Convert.TryFromBase64String(Text(entry, "auth"), bytes, out var written) || written == 0)
            return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, written).TrimEnd('\0');
        var colon = pair.IndexOf(':');
        return colon < 0 ? null : new(pair[..colon], pair[(colon + 1)..], "");
    }

    // Keys are hosts, or addresses with a scheme and a path.
    private static string HostOf(string key)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? key : key[(scheme + 3)..];
        var slash = rest.IndexOf('/');
        return slash < 0 ? rest : rest[..slash];
    }

    private static string Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
