using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using System.Text;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>
/// Two hundred clients with five keys over TLS, while keys and certificates are replaced and the model is updated, for as long as one likes:
/// nothing is refused that should not be, and memory stays flat.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class AccessSoakTests(ITestOutputHelper output) : IDisposable
{
    private const int Clients = 200;
    private const int Keys = 5;

    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: pico
              modelfile: Modelfile
              residency: { mode: always }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _wrong = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Soak")]
    public async Task Two_hundred_clients_see_no_refusal_and_memory_stays_flat()
    {
        var time = FuzzTime.Of(TimeSpan.FromSeconds(20));
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml, ("Modelfile", "FROM pico.gguf\nSYSTEM one\n"));
        using var certificates = new Certificates(_folder.Combine("certificates"));
        certificates.Issue().Dispose();
        var home = _folder.Combine("home");
        await using var daemon = await TlsDaemon.StartAsync(certificates, home, repository.Path, "--poll-interval", "1s");
        var keys = new string[Keys];
        for (var number = 0; number < Keys; number++)
            keys[number] = await daemon.KeyAsync($"k{number}", "--scope", number == 0 ? "infer,read" : "infer");
        var memory = new List<(double Share, long Kilobytes)>();
        using var stop = new CancellationTokenSource(time);
        var started = TimeProvider.System.GetTimestamp();
        var clients = Enumerable.Range(0, Clients).Select(number => AskAsync(daemon, keys[number % Keys], number, stop.Token)).ToArray();
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
            certificates.Issue().Dispose();
            repository.Commit("Modelfile", $"FROM pico.gguf\nSYSTEM turn {turn}\n");
            await Executable.RunAsync(["keys", "create", $"other{turn}", "--scope", "read", "--home", home]);
            await Executable.RunAsync(["keys", "revoke", $"other{turn}", "--home", home]);
            memory.Add((TimeProvider.System.GetElapsedTime(started) / time, ProcessMemory.Anonymous(daemon.ProcessId)));
        }

        await Task.WhenAll(clients);
        output.WriteLine(string.Join(", ", _counts.Select(count => $"{count.Key} {count.Value}")));
        output.WriteLine(string.Join(' ', memory.Select(
            at => string.Create(CultureInfo.InvariantCulture, $"{at.Share:P0}:{at.Kilobytes / 1024}"))) + " MB anonymous");
        Assert.Empty(_wrong.Take(10));
        Assert.True(_counts["answers"] > Clients, $"{_counts["answers"]} answers");
        if (time > TimeSpan.FromMinutes(3))
        {
            var (early, late) = (memory.Where(at => at.Share is > 0.1 and < 0.3).Min(at => at.Kilobytes),
                memory.Where(at => at.Share > 0.9).Min(at => at.Kilobytes));
            Assert.True(late < early + 40_000, $"{early} kB grew to {late} kB");
        }
    }

    /// <summary>A short answer, a list, a version; now and then a wrong key, which is the only thing that is refused.</summary>
    private async Task AskAsync(TlsDaemon daemon, string key, int number, CancellationToken stopping)
    {
        using var client = daemon.Client(key, number % 2 == 0 ? HttpVersion.Version20 : HttpVersion.Version11);
        using var stranger = daemon.Client("mo_0123456789_" + new string('A', 43));
        for (var turn = number; !stopping.IsCancellationRequested; turn++)
        {
            try
            {
                var (kind, reply) = (turn % 10) switch
                {
                    0 => ("lists", await client.GetAsync("api/tags", CancellationToken.None)),
                    1 => ("versions", await client.GetAsync("api/version", CancellationToken.None)),
                    2 when number < 5 => ("refusals", await stranger.GetAsync("api/tags", CancellationToken.None)),
                    _ => ("answers", await client.PostAsync(
                        "api/chat",
                        new StringContent(
                            """{"model":"pico","stream":true,"messages":[{"role":"user","content":"Say ok."}],"options":{"num_predict":4}}""",
                            Encoding.UTF8),
                        CancellationToken.None)),
                };
                using (reply)
                {
                    var text = await reply.Content.ReadAsStringAsync(CancellationToken.None);
                    var isGood = kind == "refusals" ? reply.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests
                        : reply.IsSuccessStatusCode && !text.Contains("\"error\"", StringComparison.Ordinal);
                    _counts.AddOrUpdate(kind, 1, (_, count) => count + 1);
                    if (!isGood)
                        _wrong.Enqueue($"{kind}: {(int)reply.StatusCode} {text}");
                }
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                _wrong.Enqueue(error.Message);
            }
        }
    }
}
