using System.Diagnostics;

namespace ModelOps.EndToEnd;

/// <summary>What happens to engines is told as events, when it happens.</summary>
public sealed class EventTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              residency: { mode: always }
              modelfile: Modelfile
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pinned_model_whose_worker_is_killed_is_lost_and_restored_and_a_replaced_build_is_drained_after_its_last_reply()
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml, ("Modelfile", "FROM pico.gguf\n"));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "1s");
        Assert.Equal(["BuildCompleted"], await ToldAsync(daemon, "BuildCompleted", "ResidencyLost", "Drained"));

        using (var kill = Process.Start("kill", ["-9", $"{Assert.Single(daemon.Workers())}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await daemon.WaitAsync(
            "it is in memory again", async () => (await ToldAsync(daemon, "ResidencyRestored")).Length > 0);
        Assert.Equal(["ResidencyLost", "ResidencyRestored"], await ToldAsync(daemon, "ResidencyLost", "ResidencyRestored", "Drained"));

        using (await EndlessStream.StartAsync(daemon, "chat"))
        {
            PicoVariant.Write(Path.Combine(repository.Path, "pico.gguf"), 1);
            var commit = repository.CommitAll("other weights");
            await daemon.WaitAsync(
                "the update is applied",
                async () => (string?)(await daemon.GetAsync("modelops/v1/status"))["source"]?["applied"] == commit);
            Assert.Empty(await ToldAsync(daemon, "Drained"));
        }

        await daemon.WaitAsync("the old build is drained", async () => (await ToldAsync(daemon, "Drained")).Length > 0);
        Assert.Equal(
            ["ResidencyLost", "ResidencyRestored", "Switched", "Drained"],
            (await ToldAsync(daemon, "ResidencyLost", "ResidencyRestored", "Switched", "Drained"))[1..]);
    }

    private static async Task<string[]> ToldAsync(Daemon daemon, params string[] kinds)
    {
        var events = (await daemon.GetAsync("modelops/v1/events?follow=false"))["events"]!.AsArray();
        return [.. events.Select(item => (string)item!["type"]!).Where(kinds.Contains)];
    }
}
