using System.Runtime.Versioning;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>What one user's server keeps is not for other users of the machine.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PrivateHomeTests : IDisposable
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nobody_else_may_read_anything_of_the_state_folder()
    {
        var home = _folder.Combine("home");
        Directory.CreateDirectory(Path.Combine(home, "store", "blobs"));
        File.WriteAllText(Path.Combine(home, "store", "blobs", "old"), "x");
        File.SetUnixFileMode(home, (UnixFileMode)0b111_101_101);
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        await using (var daemon = await Daemon.StartReadyAsync(repository.Path, home))
        {
            Assert.Contains($"{home} could be read by other users (mode 0755)", daemon.Output, StringComparison.Ordinal);
            var open = Directory.EnumerateFileSystemEntries(home, "*", SearchOption.AllDirectories).Append(home)
                .Where(path => (File.GetUnixFileMode(path) & Others) != UnixFileMode.None);
            Assert.Empty(open);
            Assert.True(File.Exists(Path.Combine(home, "state.db-wal")));
        }

        await using var again = await Daemon.StartReadyAsync(repository.Path, home);
        Assert.DoesNotContain("could be read by other users", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_was_named_keeps_its_mode_and_is_read_by_whoever_could_read_it()
    {
        var store = _folder.Combine("models");
        Directory.CreateDirectory(store);
        File.SetUnixFileMode(store, (UnixFileMode)0b111_101_101);
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        await using var daemon = await Daemon.StartWithAsync(
            new Dictionary<string, string> { ["OLLAMA_MODELS"] = store }, repository.Path, _folder.Combine("home"));
        await daemon.WaitAsync("ready", async () => (await daemon.Http.GetAsync("readyz")).IsSuccessStatusCode);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(store));
        Assert.All(
            Directory.EnumerateFiles(Path.Combine(store, "blobs")).Concat(
                Directory.EnumerateFiles(Path.Combine(store, "manifests"), "*", SearchOption.AllDirectories)),
            path => Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(path)));
    }

    [Fact]
    public async Task A_file_that_is_no_weights_leaves_nothing_in_a_store_that_others_read()
    {
        var store = _folder.Combine("models");
        Directory.CreateDirectory(store);
        File.WriteAllText(_folder.Combine("secret"), "root:x:0:0");
        File.WriteAllText(_folder.Combine("Modelfile"), "FROM ./secret\n");
        var outcome = await Executable.RunAsync(["create", "m", "--store", store], folder: _folder.Path);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(store, "blobs")));
    }
}
