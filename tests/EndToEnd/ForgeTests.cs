using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>The way of a commit as its forge hears of it, with the real executable and a forge that writes down what it is told.</summary>
public sealed class ForgeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpListener _forge;
    private readonly string _address;
    private readonly ConcurrentQueue<(string Path, string State, string Text)> _told = new();

    public ForgeTests() => (_forge, _address) = LoopbackListener.Start();

    public void Dispose()
    {
        _forge.Close();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_commit_turns_green_when_it_is_served_and_red_when_it_is_refused()
    {
        var listening = ListenAsync();
        var repository = ModelsRepository.With(_folder.Combine("work"), Set("one"));
        await File.WriteAllTextAsync(_folder.Combine("token"), "t-1\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            _folder.Combine("host.yaml"),
            $"apiVersion: modelops/v1alpha1\nkind: Host\nsource:\n  location: {repository.Path}\n  pollInterval: 1s\n  status:\n"
            + $"    {{ forge: gitea, api: \"{_address}api/v1\", repository: team/models, "
            + $"tokenFile: {_folder.Combine("token")}, context: modelops/box }}\n",
            TestContext.Current.CancellationToken);
        await using (var daemon = await Daemon.StartAsync(source: null, _folder.Combine("home"), "--config", _folder.Combine("host.yaml")))
        {
            await daemon.WaitAsync("the first is served", async () => (bool)(await daemon.GetAsync("modelops/v1/status"))["ready"]!);
            var good = repository.Commit("modelops.yaml", Set("two"));
            await daemon.WaitAsync("green", () => Task.FromResult(StateOf(good) == "success"));
            var bad = repository.Commit("modelops.yaml", "models: [\n");
            await daemon.WaitAsync("red", () => Task.FromResult(StateOf(bad) == "failure"));
            foreach (var (path, state, text) in _told)
                TestContext.Current.TestOutputHelper?.WriteLine($"{path[^12..]} {state}: {text}");
            Assert.Equal(
                ["pending", "success"], _told.Where(told => told.Path.EndsWith(good, StringComparison.Ordinal)).Select(told => told.State));
            Assert.Contains(_told, told => told.Path == $"/api/v1/repos/team/models/statuses/{bad}" && told.Text.Length > 0);
        }

        _forge.Stop();
        await listening;
    }

    private string? StateOf(string commit) =>
        _told.LastOrDefault(told => told.Path.EndsWith(commit, StringComparison.Ordinal)).State;

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var context = await _forge.GetContextAsync();
                var body = (await JsonNode.ParseAsync(context.Request.InputStream))!;
                if (context.Request.Headers["Authorization"] == "token t-1")
                    _told.Enqueue((context.Request.Url!.AbsolutePath, (string)body["state"]!, (string)body["description"]!));
                context.Response.StatusCode = 201;
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static string Set(string system) =>
        "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: set }\nspec:\n  models:\n"
        + $"    - name: chat\n      inline: |\n        FROM ./pico.gguf\n        SYSTEM {system}\n";
}
