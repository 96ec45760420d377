using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ModelOps.Cli.Doctor;
using ModelOps.Cli.Tests.Verbs;

namespace ModelOps.Cli.Tests.Doctor;

public sealed class DoctorTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("doctor").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Everything_is_looked_at_and_an_unreachable_registry_stops_nothing()
    {
        var (code, findings) = await LookAsync("");
        string[] checks =
        [
            "settings", "git", "ssh", "engine", "gpu", "processor", "cpu limit", "memory", "memory limit", "disk", "home", "store", "address",
            "registry", "clock", "keys",
        ];

        // Of what the libraries leave unused of the processor only some machines have to be told.
        var found = findings.Select(finding => (string)finding["check"]!).Where(check => check != "cpu");
        Assert.Equal(checks.Order(), found.Distinct().Order());
        Assert.DoesNotContain(findings, finding => (string)finding["check"]! == "registry" && (string)finding["verdict"]! == "bad");
        Assert.All(
            findings, finding => Assert.Equal((string)finding["verdict"]! == "good", finding["fix"] is null));
        Assert.Equal(findings.Any(finding => (string)finding["verdict"]! == "bad") ? 1 : 0, code);
    }

    [Fact]
    public async Task A_port_of_another_program_a_missing_source_and_a_missing_key_stop_serving()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var (code, findings) = await LookAsync(
            $"""
            listen: "127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}"
            source:
              location: {_home}/nowhere
              sshKey: {_home}/nokey
            """, address: null);
        Assert.Equal(1, code);
        Assert.Contains("cannot be listened on", Bad(findings, "address"), StringComparison.Ordinal);
        Assert.Contains("nowhere is not there", Bad(findings, "source main"), StringComparison.Ordinal);
        Assert.Contains("nokey is not there", Bad(findings, "ssh key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_cannot_be_read_are_all_that_can_be_said()
    {
        var (code, findings) = await LookAsync("nonsense: true\n");
        Assert.Equal(1, code);
        Assert.Equal("settings", (string)Assert.Single(findings)["check"]!);
    }

    [Fact]
    public async Task A_certificate_that_runs_out_is_told_before_it_does()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var file = Path.Combine(_home, "client.pem");
        foreach (var (days, verdict) in new[] { (-1, "bad"), (5, "warning"), (90, "good") })
        {
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(days));
            await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
            var (_, findings) = await LookAsync($"source:\n  location: {_home}\n  clientCert: {file}\n");
            Assert.Contains(findings, finding =>
                (string)finding["check"]! == "certificate" && (string)finding["verdict"]! == verdict
                && ((string)finding["found"]!).Contains(file, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("", "access: { requireKeys: true }", "warning", "clients need keys, and there are none", "modelops keys create")]
    [InlineData("", "", "good", "none, and clients need none at this address", "")]
    [InlineData("--expires 90d", "access: { requireKeys: true }", "good", "1 key in ", "")]
    [InlineData("--expires 2d", "", "warning", "1 key of ", "modelops keys rotate")]
    [InlineData("over", "", "warning", "1 of 1 key is over: ci", "modelops keys revoke")]
    [InlineData("readable", "", "warning", "other users may read ", "chmod 600")]
    [InlineData("writable", "", "bad", "other users may write ", "chmod 600")]
    [InlineData("damaged", "", "bad", "is no file of keys", "put back a copy")]
    [InlineData("a folder", "", "bad", "cannot be read", "give the file to the user")]
    public async Task The_keys_of_clients_are_there_private_readable_and_not_over(
        string made, string config, string verdict, string found, string fix)
    {
        if (OperatingSystem.IsWindows())
            return;
        var file = Path.Combine(_home, "home", "keys");
        if (made.StartsWith("--", StringComparison.Ordinal) || made is "over" or "readable" or "writable")
            await MakeKeyAsync(made.StartsWith("--", StringComparison.Ordinal) ? made.Split(' ') : []);
        switch (made)
        {
            case "over":
                var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
                await File.WriteAllTextAsync(
                    file, text.Replace("}\n]", ",\"expires\":\"2026-01-01T00:00:00Z\"}\n]", StringComparison.Ordinal),
                    TestContext.Current.CancellationToken);
                break;
            case "readable":
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
                break;
            case "writable":
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
                break;
            case "damaged":
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file, "{\"version\":1,\"keys\":[{\"nam", TestContext.Current.CancellationToken);
                break;
            case "a folder":
                Directory.CreateDirectory(file);
                break;
        }

        var (_, findings) = await LookAsync(config + "\n");
        var keys = Assert.Single(findings, finding => (string)finding["check"]! == "keys");
        Assert.Equal(verdict, (string)keys["verdict"]!);
        Assert.Contains(found, (string)keys["found"]!, StringComparison.Ordinal);
        Assert.Contains(fix, (string?)keys["fix"] ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(90, "good", "good")]
    [InlineData(5, "good", "warning")]
    [InlineData(-1, "good", "bad")]
    [InlineData(0, "bad", "good")]
    public async Task The_certificate_that_the_server_shows_has_its_key_and_does_not_run_out(int days, string pair, string certificate)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var key = ECDsa.Create();
        using var other = ECDsa.Create();
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(days == 0 ? 90 : days));
        var (shown, secret) = (Path.Combine(_home, "server.pem"), Path.Combine(_home, "server.key"));
        await File.WriteAllTextAsync(shown, made.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(secret, (days == 0 ? other : key).ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // A relative path is one beside the file of the configuration's reader: the folder that the verb is started in.
        var (code, findings) = await LookAsync(
            $"listen: \"https://127.0.0.1:1\"\naccess: {{ tls: {{ certificate: server.pem, key: {secret} }} }}\n", address: null, folder: _home);
        Assert.Equal(pair, (string)Assert.Single(findings, finding => (string)finding["check"]! == "tls")["verdict"]!);
        var until = Assert.Single(findings, finding => (string)finding["check"]! == "certificate");
        Assert.Equal(certificate, (string)until["verdict"]!);
        Assert.Contains(shown, (string)until["found"]!, StringComparison.Ordinal);
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task An_address_that_is_not_served_without_keys_and_TLS_is_told_with_the_ways_out()
    {
        var (code, findings) = await LookAsync("listen: \"0.0.0.0:1\"\n", address: null);
        Assert.Equal(1, code);
        var access = Assert.Single(findings, finding => (string)finding["check"]! == "access");
        Assert.Contains("--behind-proxy", (string)access["fix"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_a_line_each_with_what_to_do_below() =>
        Assert.Equal(
            """
            ok       git   2.47.3
            warning  disk  3 GB free
                           → free some
            error    home  not ours
                           → chown it

            This machine cannot serve: 1 thing to mend; 1 warning

            """,
            DoctorText.Of(
                [
                    Finding.Good("git", "2.47.3"), new Finding("disk", Verdict.Warning, "3 GB free", "free some"),
                    new Finding("home", Verdict.Bad, "not ours", "chown it"),
                ],
                80, color: false));

    [Theory]
    [InlineData("GET /healthz", "ok", 0, "healthy\n")]
    [InlineData("GET /other", "ok", 1, "")]
    public async Task Health_is_what_a_container_asks(string call, string answer, int code, string output)
    {
        await using var server = new AnsweringServer((call, answer));
        using var shell = server.Shell();
        Assert.Equal(code, await shell.RunAsync("health"));
        Assert.Equal(output, shell.Output);
    }

    [Fact]
    public async Task No_server_is_not_healthy_and_health_knows_two_codes()
    {
        using var shell = new Shell();
        Assert.Equal(1, await shell.RunAsync("health"));
        Assert.Contains("no server answers", shell.Error, StringComparison.Ordinal);
    }

    private static string Bad(JsonObject[] findings, string check) =>
        (string)Assert.Single(findings, finding => (string)finding["check"]! == check && (string)finding["verdict"]! == "bad")["found"]!;

    private async Task MakeKeyAsync(string[] options)
    {
        using var shell = new Shell();
        Assert.Equal(0, await shell.RunAsync(
            ["keys", "create", "ci", "--scope", "infer", "--home", Path.Combine(_home, "home"), .. options]));
    }

    private async Task<(int Code, JsonObject[] Findings)> LookAsync(
        string config, string? address = "127.0.0.1:1", string? folder = null)
    {
        using var shell = new Shell { Folder = folder ?? Path.GetTempPath() };
        shell.Environment.Remove("OLLAMA_HOST");
        if (address is not null)
            shell.Environment["OLLAMA_HOST"] = address;
        shell.Environment["MODELOPS_HOME"] = Path.Combine(_home, "home");

        // Nothing is asked over the network.
        shell.Environment["https_proxy"] = "http://127.0.0.1:1";
        var file = Path.Combine(_home, "config.yaml");
        await File.WriteAllTextAsync(file, "apiVersion: modelops/v1alpha1\nkind: Host\n" + config, TestContext.Current.CancellationToken);
        var code = await shell.RunAsync("doctor", "--config", file, "--output", "json");
        return (code, [.. JsonNode.Parse(shell.Output)!.AsArray().Select(finding => finding!.AsObject())]);
    }
}
