using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ModelOps.TestKit.Git;

/// <summary>A real ssh server on loopback, with a host key and one client key that it accepts.</summary>
public sealed class SshServer : IDisposable
{
    /// <summary>Where the program is.</summary>
    public const string Program = "/usr/sbin/sshd";

    private readonly string _folder;
    private Process? _server;

    /// <summary>Makes the keys; the server is not started yet.</summary>
    /// <param name="folder">Folder for keys and configuration.</param>
    public SshServer(string folder)
    {
        _folder = folder;
        Port = FreePort();
        MakeKey("host");
        MakeKey("client");
        File.Copy(Combine("client.pub"), Combine("authorized_keys"));
        Know("host");
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The known hosts file; it has the server's own key.</summary>
    public string KnownHosts => Combine("known_hosts");

    /// <summary>Private key of a name.</summary>
    public string Key(string name) => Combine(name);

    /// <summary>Folder of further programs that clients may run; null for none. Before <see cref="Start"/>.</summary>
    public string? Programs { get; set; }

    /// <summary>The address of a repository behind it.</summary>
    public string Address(string path) =>
        string.Create(CultureInfo.InvariantCulture, $"ssh://{Environment.UserName}@127.0.0.1:{Port}{path}");

    /// <summary>Another key of the client's kind.</summary>
    public void MakeKey(string name) => Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Combine(name));

    /// <summary>The known hosts file has the key of a name, behind a line of comment, and no other.</summary>
    public void Know(string name) => File.WriteAllText(
        KnownHosts,
        string.Create(CultureInfo.InvariantCulture, $"# a comment\n[127.0.0.1]:{Port} {File.ReadAllText(Combine(name + ".pub"))}"));

    /// <summary>Fingerprint of a key as ssh writes it.</summary>
    public string Fingerprint(string name) =>
        "SHA256:"
            + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(File.ReadAllText(Combine(name + ".pub")).Split(' ')[1])))
                .TrimEnd('=');

    /// <summary>Starts it and waits until it listens; skips the test where there is no such program.</summary>
    public void Start()
    {
        NeededProgram.Check(Program, "openssh-server");
        File.WriteAllText(Combine("sshd_config"), string.Create(CultureInfo.InvariantCulture, $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {Combine("host")}
            AuthorizedKeysFile {Combine("authorized_keys")}
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            MaxStartups 100
            {(Programs is null ? "" : $"SetEnv PATH={Programs}:/usr/local/bin:/usr/bin:/bin")}

            """));
        if (Environment.IsPrivilegedProcess)
            Directory.CreateDirectory("/run/sshd");
        _server = Process.Start(
            new ProcessStartInfo(Program, ["-D", "-e", "-f", Combine("sshd_config")]) { RedirectStandardError = true })!;
        _server.ErrorDataReceived += (_, _) => { };
        _server.BeginErrorReadLine();
        for (var tries = 0; tries < 500 && !Listens(); tries++)
            Thread.Sleep(10);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_server is { HasExited: false })
        {
            _server.Kill(entireProcessTree: true);
            _server.WaitForExit();
        }

        _server?.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }

    private bool Listens()
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Combine(string name) => Path.Combine(_folder, name);
}
