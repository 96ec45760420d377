using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>A person goes back to the build before, and the process ends meanwhile.</summary>
internal sealed class CrashedRollback(CrashWorld world)
{
    private bool _isAnswered;

    /// <summary>Three revisions, so that who went back twice would be seen to.</summary>
    internal async Task PrepareAsync()
    {
        await world.PrepareAsync();
        await world.KeepAsync();
        world.CommitThird();
        await world.KeepAsync();
    }

    internal Task<bool> CrashAsync(int record)
    {
        _isAnswered = false;
        return world.CrashAsync(record, AskAsync, status => _isAnswered && IsBack(status));
    }

    internal async Task RecoverAsync(int record)
    {
        await using var daemon = await Daemon.StartAsync(world.Repository.Path, world.Home);
        JsonNode? status = null;

        // It comes back when what the last process left is done, too.
        await Executable.RunAsync(["sync", "--host", daemon.Address.Authority]);
        await daemon.WaitAsync($"all at rest after a crash at record {record}", async () =>
        {
            status = CrashWorld.Judge(await daemon.GetAsync("modelops/v1/status"), status);
            return status["source"]!["lastSuccess"] is not null && (IsBack(status) || (bool)status["ready"]!);
        });

        // What was answered is done, and what was not is done or can be asked again.
        if (!IsBack(status!))
        {
            Assert.False(_isAnswered, $"record {record}: the rollback was answered and is gone");
            Assert.Equal(("three", "three"), await ServedAsync(daemon));
            await AskAsync(daemon.Address.Authority);
        }

        await daemon.WaitAsync($"back after a crash at record {record}", async () =>
        {
            status = CrashWorld.Judge(await daemon.GetAsync("modelops/v1/status"), status);
            return IsBack(status);
        });
        Assert.Equal(("two", "two"), await ServedAsync(daemon));
        foreach (var name in CrashWorld.Names.Except(["pinned", "chat"]))
            Assert.Equal("three", await CrashWorld.SystemOfAsync(daemon, name));
        var history = (await daemon.GetAsync("modelops/v1/history?limit=1000"))["history"]!.AsArray();
        Assert.Equal(
            ["", "pinned:latest"],
            history.Where(row => (string?)row!["result"] == "RolledBack").Select(row => (string?)row!["model"] ?? "")
                .Order(StringComparer.Ordinal));
        Assert.Empty(world.Staged());
    }

    private async Task AskAsync(string address)
    {
        var asked = await Executable.RunAsync(["rollback", "pinned", "--reason", "it is rude", "--host", address]);
        _isAnswered = asked.ExitCode == 0;
    }

    private static async Task<(string?, string?)> ServedAsync(Daemon daemon) =>
        (await CrashWorld.SystemOfAsync(daemon, "pinned"), await CrashWorld.SystemOfAsync(daemon, "chat"));

    private static bool IsBack(JsonNode status) => status["models"]!.AsArray()
        .Any(model => (string?)model!["name"] == "pinned:latest" && model["hold"] is not null && model["operation"] is null
            && (bool)model["resident"]! && (string?)model["servedBuild"] != (string?)model["desiredBuild"]);
}
