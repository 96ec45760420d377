using System.Diagnostics;
using System.Globalization;
using ModelOps.Reconciler.Sources;
using ModelOps.TestKit;
using ModelOps.TestKit.Git;

namespace ModelOps.Reconciler.Tests.Sources;

/// <summary>What counts the handles and children of this process runs without others beside it.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Polls of an ssh source leave nothing behind: no process, no handle, no memory.</summary>
[Collection(nameof(Alone))]
public sealed class PollSoakTests(ITestOutputHelper output) : IDisposable
{
    private readonly GitRepository _repository = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _repository.Dispose();
        _folder.Dispose();
    }

    /// <summary>Twenty polls; with <c>MODELOPS_FUZZ_MINUTES</c> at most a thousand, for as many minutes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Category", "Soak")]
    public async Task Polls_over_ssh_end_flat(bool isBuiltIn)
    {
        var isLong = FuzzTime.Of(TimeSpan.Zero) > TimeSpan.Zero;
        var (most, limit) = (isLong ? 1000 : 20, FuzzTime.Of(TimeSpan.FromMinutes(2)));
        _repository.Commit("one", ("modelops.yaml", "x"));
        using var server = new SshServer(_folder.Path);
        server.Start();
        var source = await RepositorySources.OpenAsync(
            _folder.Combine("git"),
            new SourceOptions
            {
                Location = server.Address(_repository.Path), Git = isBuiltIn ? Engines.BuiltIn : GitEngine.Program,
                KnownHostsFile = server.KnownHosts, SshKeyFile = server.Key("client"),
            },
            TimeProvider.System, Token);
        await source.FetchNewestAsync(Token);
        for (var count = 0; count < 5; count++)
            await source.FindTipAsync(Token);

        var (memory, handles, clock, polls) = (Memory(), Handles(), Stopwatch.StartNew(), 0);
        for (; polls < most && clock.Elapsed < limit; polls++)
            await source.FindTipAsync(Token);
        var (memoryAfter, handlesAfter) = (Memory(), Handles());

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(isBuiltIn ? "builtin" : "program")}: {polls} polls, {clock.Elapsed.TotalMilliseconds / polls:0} ms each; handles {handles} "
                + $"→ {handlesAfter}, managed memory {memory >> 10} → {memoryAfter >> 10} KiB"));
        Assert.True(polls >= 10, $"only {polls} polls in {clock.Elapsed}");
        Assert.InRange(handlesAfter, 0, handles + 8);
        Assert.InRange(memoryAfter, 0, memory + (4 << 20));
        Assert.DoesNotContain(
            Children(), stat => stat.Contains(") Z ", StringComparison.Ordinal) || stat.Contains("(ssh)", StringComparison.Ordinal));
    }

    private static int Handles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>What <c>/proc</c> says of the processes that are children of this one, or of nobody any more and ours.</summary>
    private static IEnumerable<string> Children() =>
        Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(folder => Read(Path.Combine(folder, "stat")))
            .Where(stat => stat.Contains($" {Environment.ProcessId} ", StringComparison.Ordinal)
                && stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var parent, ..]
                && parent == $"{Environment.ProcessId}");

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
