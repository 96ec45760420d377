using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ModelOps.ModelStore.Tests.Registry;

/// <summary>The container registry of the operating system, on a free port of loopback, with a folder of its own.</summary>
public sealed class RealRegistry : IDisposable
{
    private const string Program = "/usr/bin/docker-registry";

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-registry-").FullName;
    private readonly Process _process;

    private RealRegistry(int port)
    {
        Host = $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        var config = Path.Combine(_folder, "config.yml");
        File.WriteAllText(config, $"""
            version: 0.1
            log: {"{level: error}"}
            storage:
              filesystem:
                rootdirectory: {_folder}/data
              delete:
                enabled: true
            http:
              addr: {Host}
            """);
        _process = Process.Start(new ProcessStartInfo(Program, ["serve", config])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static bool IsInstalled => File.Exists(Program);

    public string Host { get; }

    public static async Task<RealRegistry> StartAsync()
    {
        var registry = new RealRegistry(FreePort());
        using var http = new HttpClient();
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                using var response = await http.GetAsync($"http://{registry.Host}/v2/");
                return registry;
            }
            catch (HttpRequestException) when (!registry._process.HasExited)
            {
                await Task.Delay(50);
            }
        }

        registry.Dispose();
        throw new InvalidOperationException("the registry did not start");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
