using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace ModelOps.Transfers;

/// <summary><c>pull</c> from a registry on loopback, against <c>curl</c> and <c>openssl</c>.</summary>
internal static class PullRounds
{
    private const double Bar = 1.0;
    private const string Registry = "/usr/bin/docker-registry";

    internal static async Task<IEnumerable<Report>> RunAsync(Workplace place, TransferOptions options)
    {
        if (!File.Exists(Registry))
        {
            Console.WriteLine("Debian's docker-registry is not installed: the pull is not measured");
            return [];
        }

        var port = FreePort();
        var name = $"127.0.0.1:{port}/lab/m:latest";
        await File.WriteAllTextAsync(place.PathOf("registry.yml"), $"""
            version: 0.1
            log:
              level: error
            storage:
              filesystem:
                rootdirectory: {place.PathOf("registry")}
            http:
              addr: 127.0.0.1:{port}
            """);
        using var registry = Process.Start(
            new ProcessStartInfo(Registry, ["serve", place.PathOf("registry.yml")])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        try
        {
            place.Run(place.ModelOps("create", name, "-f", place.Modelfile, "--link"));
            await AnswersAsync(port);
            place.Run(place.ModelOps("push", name, "--insecure"));
            var blobs = Blobs(place);
            return [Measure(place, options, name, blobs, $"http://127.0.0.1:{port}/v2/lab/m/blobs/")];
        }
        finally
        {
            registry.Kill();
            await registry.WaitForExitAsync();
        }
    }

    private static Report Measure(Workplace place, TransferOptions options, string name, string[] blobs, string address)
    {
        string[] files = [.. blobs.Select((_, number) => $"blob{number}")];
        string[][] fetch = [.. blobs.Select((digest, number) => new[] { "curl", "-sS", "-o", files[number], address + digest })];
        var (theirs, ours) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            theirs.Add(place.Time([.. fetch, ["openssl", "dgst", "-sha256", .. files]]));
            place.Clear(files);
            place.Clear("store");
            ours.Add(place.Time(place.ModelOps("pull", name, "--insecure")));
        }

        return new Report("pull", ours, "curl, then openssl", theirs, Bar);
    }

    private static string[] Blobs(Workplace place)
    {
        var file = Directory.GetFiles(Path.Combine(place.Store, "manifests"), "*", SearchOption.AllDirectories).Single();
        var manifest = JsonNode.Parse(File.ReadAllText(file))!;
        return [.. manifest["layers"]!.AsArray().Append(manifest["config"]).Select(layer => (string)layer!["digest"]!)];
    }

    private static async Task AnswersAsync(int port)
    {
        using var http = new HttpClient();
        for (var attempt = 0; attempt < 400; attempt++)
        {
            try
            {
                using var response = await http.GetAsync(
                    new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v2/")));
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(25);
            }
        }

        throw new InvalidOperationException("the registry did not start");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
