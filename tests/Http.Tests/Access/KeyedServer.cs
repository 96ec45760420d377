using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Http.Keys;

namespace ModelOps.Http.Tests.Access;

/// <summary>A server with a file of keys.</summary>
internal sealed class KeyedServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-keys-").FullName;

    private KeyedServer()
    {
        File = new KeyFile(Path.Combine(_folder, "keys"));
        Ring = new KeyRing(File, Time, NullLogger<KeyRing>.Instance);
    }

    internal KeyFile File { get; }

    internal KeyRing Ring { get; }

    internal TestServer Server { get; private set; } = null!;

    internal FakeInference Inference => Server.Inference;

    private static TimeProvider Time => TimeProvider.System;

    internal static async Task<KeyedServer> StartAsync(
        bool required = true, Func<HttpDependencies, HttpDependencies>? adjust = null, Func<HttpOptions, HttpOptions>? options = null)
    {
        var keyed = new KeyedServer();
        keyed.Server = await TestServer.StartAsync(
            adjust: parts => (adjust?.Invoke(parts) ?? parts) with { Keys = keyed.Ring },
            options: usual => (options?.Invoke(usual) ?? usual) with { RequireKeys = required });
        return keyed;
    }

    /// <summary>Makes a key that is in force when this returns.</summary>
    internal string Make(
        string name, KeyScope scopes, Allowance? allowance = null, DateTimeOffset? expires = null, params string[] models)
    {
        var (text, id, hash) = KeyText.Create();
        File.Change(keys => keys.RemoveAll(key => key.Name == name).Add(new ApiKey
        {
            Name = name, Id = id, Hash = hash, Scopes = scopes, Models = [.. models], Allowance = allowance ?? Allowance.Unlimited,
            Created = Time.GetUtcNow(), Expires = expires,
        }));
        Ring.Look();
        return text;
    }

    internal void Revoke(string name)
    {
        File.Change(keys => keys.RemoveAll(key => key.Name == name));
        Ring.Look();
    }

    internal Task<RawReply> GetAsync(string path, string key) => Server.GetAsync(path, Bearer(key));

    internal Task<RawReply> PostAsync(string path, string key, string body) => Server.PostAsync(path, body, Bearer(key));

    internal Task<RawReply> ChatAsync(string key, string model = "m") => PostAsync(
        "/api/chat", key, $$"""{"model":"{{model}}","stream":false,"messages":[{"role":"user","content":"x"}]}""");

    internal static (string Name, string Value) Bearer(string key) => ("Authorization", $"Bearer {key}");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Ring.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
