using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>
/// A name was taken away, another one serves what it should not, and the weights are damaged: the process ends while it puts that right.
/// </summary>
internal sealed class CrashedRepair(CrashWorld world)
{
    private readonly Dictionary<string, byte[]> _good = [];

    private string Names => Path.Combine(world.Home, "store", "manifests", "registry.ollama.ai", "library");

    private string Blobs => Path.Combine(world.Home, "store", "blobs");

    /// <summary>The second revision in force, and what its files are.</summary>
    internal async Task PrepareAsync()
    {
        await world.PrepareAsync();
        await world.KeepAsync();
        var weights = Directory.GetFiles(Blobs).MaxBy(path => new FileInfo(path).Length)!;
        foreach (var path in new[] { weights, Path.Combine(Names, "lazy", "latest"), Path.Combine(Names, "chat", "latest") })
            _good[path] = await File.ReadAllBytesAsync(path);
    }

    internal Task<bool> CrashAsync(int record)
    {
        foreach (var (path, bytes) in _good)
        {
            if (bytes.Length > 1_000_000)
                File.WriteAllBytes(path, [.. bytes[..^1], (byte)~bytes[^1]]);
        }

        File.Delete(Path.Combine(Names, "lazy", "latest"));
        File.Copy(Path.Combine(Names, "coming", "latest"), Path.Combine(Names, "chat", "latest"), overwrite: true);
        return world.CrashAsync(record, VerifyAsync, IsRight);
    }

    internal async Task RecoverAsync(int record)
    {
        await using var daemon = await Daemon.StartAsync(world.Repository.Path, world.Home);
        await VerifyAsync(daemon.Address.Authority);
        await daemon.WaitAsync($"all is right after a crash at record {record}", async () =>
            IsRight(CrashWorld.Judge(await daemon.GetAsync("modelops/v1/status"), null)));
        await world.ConvergeAsync(daemon, record);
        var verified = await Executable.RunAsync(["verify", "--host", daemon.Address.Authority]);
        Assert.Equal((0, true), (verified.ExitCode, verified.Output.Contains("all whole", StringComparison.Ordinal)));
        Assert.Contains("Tokyo", await daemon.AskAsync("pinned", "What is the capital of Japan?"), StringComparison.Ordinal);
    }

    private static async Task VerifyAsync(string address) => await Executable.RunAsync(["verify", "--host", address]);

    private bool IsRight(JsonNode status) => (bool)status["ready"]!
        && _good.All(file => File.Exists(file.Key) && File.ReadAllBytes(file.Key).AsSpan().SequenceEqual(file.Value));
}
