using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>What a receiver outside hears of a commit that is refused, from the real executable.</summary>
public sealed class NotificationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpListener _receiver;
    private readonly ConcurrentQueue<(WebHeaderCollection Headers, byte[] Body)> _told = new();
    private readonly string _secret = new('s', 40);
    private readonly string _address;

    public NotificationTests() => (_receiver, _address) = LoopbackListener.Start("hook/");

    public void Dispose()
    {
        _receiver.Close();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_refused_commit_is_told_signed_and_the_try_of_the_command_line_arrives()
    {
        var listening = ListenAsync();
        var repository = ModelsRepository.FromExample(_folder.Combine("work"));
        await File.WriteAllTextAsync(_folder.Combine("secret"), _secret + "\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            _folder.Combine("host.yaml"),
            $"apiVersion: modelops/v1alpha1\nkind: Host\nsource: {{ location: {repository.Path}, pollInterval: 1s }}\n"
            + $"notifications:\n  - {{ name: ops, url: \"{_address}\", secretFile: {_folder.Combine("secret")}, severity: error }}\n",
            TestContext.Current.CancellationToken);
        string[] config = ["--config", _folder.Combine("host.yaml"), "--home", _folder.Combine("home")];
        await using (var daemon = await Daemon.StartAsync(source: null, _folder.Combine("home"), "--config", _folder.Combine("host.yaml")))
        {
            await daemon.WaitAsync("the first is served", async () => (bool)(await daemon.GetAsync("modelops/v1/status"))["ready"]!);
            var bad = repository.Commit("modelops.yaml", "models: [\n");
            await daemon.WaitAsync("it is told", () => Task.FromResult(!_told.IsEmpty));
            var (headers, body) = _told.First();
            var told = JsonNode.Parse(body)!;
            Assert.Equal(("modelops.RevisionRejected", bad), ((string)told["type"]!, (string)told["data"]!["revision"]!));
            byte[] signed = [.. Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}."), .. body];
            Assert.Equal(
                "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(_secret), signed)), headers["webhook-signature"]);
            var page = await daemon.Http.GetStringAsync("metrics", TestContext.Current.CancellationToken);
            Assert.Contains("modelops_notifications_total{receiver=\"ops\",result=\"delivered\"} 1", page, StringComparison.Ordinal);
        }

        var tried = await Executable.RunAsync(["notifications", "test", .. config]);
        Assert.True(tried.ExitCode == 0, tried.Error);
        Assert.Equal("modelops.Test", (string)JsonNode.Parse(_told.Last().Body)!["type"]!);
        var listed = await Executable.RunAsync(["notifications", "list", .. config]);
        Assert.Matches("ops +CloudEvents +127.0.0.1 +errors +0", listed.Output);
        _receiver.Stop();
        await listening;
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var context = await _receiver.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _told.Enqueue((new WebHeaderCollection { context.Request.Headers }, body.ToArray()));
                context.Response.StatusCode = 204;
                context.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // It is closed.
        }
    }
}
