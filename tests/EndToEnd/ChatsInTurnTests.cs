using System.Globalization;

namespace ModelOps.EndToEnd;

/// <summary>More chats than slots.</summary>
public sealed class ChatsInTurnTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              residency: { mode: always }
              runtime: { parallel: 1, context: 2048 }
              inline: FROM pico.gguf
            - name: other
              runtime: { parallel: 1, context: 1024 }
              inline: |
                FROM pico.gguf
                SYSTEM other
        """;

    private const long Spare = 1_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Three_chats_in_turn_on_one_slot_keep_their_beginnings_in_memory_that_no_model_needs()
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml);
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"));
        await daemon.WaitAsync("memory is lent", async () => await LentAsync(daemon) > 0);
        var prompts = Enumerable.Range(0, 3).Select(chat => $"{chat} " + string.Join(' ', Enumerable.Range(chat * 300, 120))).ToArray();
        foreach (var prompt in prompts)
            await daemon.AskAsync("chat", prompt);
        var before = await CachedAsync(daemon);
        foreach (var prompt in prompts)
            await daemon.AskAsync("chat", prompt);

        // What an engine says of itself may be a second old.
        await daemon.WaitAsync("the beginnings were kept", async () => await CachedAsync(daemon) - before > 3 * 100);
    }

    [Fact]
    public async Task What_is_lent_keeps_no_model_out()
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml);
        var home = _folder.Combine("home");
        long used;
        await using (var daemon = await Daemon.StartReadyAsync(repository.Path, home))
        {
            await daemon.AskAsync("other", "Hello");
            used = (long)(await daemon.GetAsync("modelops/v1/status"))["runtime"]!["memoryUsed"]!;
        }

        // Room for both, and for nothing beside them.
        await using var tight = await Daemon.StartReadyAsync(
            repository.Path, home, "--memory", (used + Spare).ToString(CultureInfo.InvariantCulture));
        await tight.WaitAsync("memory is lent", async () => await LentAsync(tight) > 0);
        await tight.AskAsync("other", "Hello");
        var status = (await tight.GetAsync("modelops/v1/status"))["runtime"]!;
        Assert.True(status["engines"]!.AsArray().Count == 2, status.ToJsonString() + tight.Output);
        Assert.InRange((long)status["memoryLent"]!, 0, Spare);
    }

    private static async Task<long> LentAsync(Daemon daemon) =>
        (long?)(await daemon.GetAsync("modelops/v1/status"))["runtime"]!["memoryLent"] ?? 0;

    private static async Task<long> CachedAsync(Daemon daemon) =>
        (await daemon.Http.GetStringAsync("metrics")).Split('\n')
            .Where(line => line.StartsWith("modelops_engine_cached_tokens_total", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
}
