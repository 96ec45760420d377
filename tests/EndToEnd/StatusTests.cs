namespace ModelOps.EndToEnd;

/// <summary>What <c>status</c>, <c>sync</c> and the log tell is true and in the operator's words.</summary>
public sealed class StatusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_is_in_memory_when_it_was_asked_by_its_alias_and_the_log_names_models()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"));
        await daemon.AskAsync("short", "hi");

        var status = await Executable.RunAsync(["status", "--host", daemon.Address.ToString()]);
        Assert.Equal(0, status.ExitCode);
        Assert.Matches(@"(?m)^terse +Synced +Healthy +onDemand +yes +[0-9a-f]{12}$", status.Output);
        Assert.Matches(@"(?m)^    also short$", status.Output);
        Assert.Matches(@"(?m)^assistant.* ready ", status.Output);
        Assert.DoesNotMatch(@"(?m)[ \t]$", status.Output);

        Assert.Contains("info: Runtime: Loaded assistant (staged) in ", daemon.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sha256-", daemon.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("modelops.local", daemon.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_is_rejected_is_a_failure_and_not_one_of_the_source()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        await using var daemon = await Daemon.StartReadyAsync(repository.Path, _folder.Combine("home"));
        repository.Commit(Path.Combine("terse", "Modelfile"), "FORM x\n");
        var sync = await Executable.RunAsync(["sync", "--timeout", "20", "--host", daemon.Address.ToString()]);
        Assert.Equal(1, sync.ExitCode);
        Assert.Contains("terse/Modelfile:1:1", sync.Output, StringComparison.Ordinal);
    }
}
