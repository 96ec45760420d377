using System.Diagnostics;
using System.Globalization;
using LibGit2Sharp;
using LibGit2Sharp.Handlers;
using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>A remote, and how it is entered.</summary>
internal sealed class RemoteAddress
{
    private const string SshVariable = "GIT_SSH_COMMAND";

    private readonly string? _authority;
    private bool _wasAsked;
    private bool _wasRefused;

    private RemoteAddress(string address)
    {
        Address = address;
        _authority = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps ? uri.Authority : null;
    }

    internal string Address { get; }

    internal ProxyOptions Proxy { get; } = new() { ProxyType = ProxyType.Auto };

    /// <summary>Looks at an address before it is used: what can only fail later fails now, and ssh is prepared.</summary>
    /// <exception cref="GitFailure">It cannot be used with the built-in git.</exception>
    internal static RemoteAddress Prepare(string address)
    {
        var ssh = SshHost(address);
        var path = address.StartsWith("file://", StringComparison.Ordinal) ? new Uri(address).LocalPath : address;
        if (ssh is null && !address.StartsWith("https://", StringComparison.Ordinal) && !Directory.Exists(path))
            throw new GitFailure($"'{path}' does not appear to be a git repository");
        if (Directory.Exists(path) && (File.Exists(Path.Combine(path, "shallow")) || File.Exists(Path.Combine(path, ".git", "shallow"))))
            throw new GitFailure(GitWords.Shallow);
        var remote = new RemoteAddress(address);
        if (ssh is var (host, hasPort))
            PrepareSsh(address, host, hasPort);
        return remote;
    }

    /// <summary>Runs a call, and tells a refusal as git does.</summary>
    internal T Ask<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (LibGit2SharpException) when (_wasRefused)
        {
            throw new GitFailure($"Authentication failed for '{Address}'");
        }
        catch (LibGit2SharpException) when (_wasAsked)
        {
            throw new GitFailure($"could not read Username for '{Address}': terminal prompts disabled");
        }
        catch (LibGit2SharpException error) when (SshHost(Address) is not null)
        {
            // What ssh said stands above, in its own words.
            throw new GitFailure(
                error.Message.Contains("not found", StringComparison.OrdinalIgnoreCase)
                    ? error.Message
                    : $"Could not read from remote repository.\n{error.Message}");
        }
    }

    /// <summary>The token that the parent gives, for the source's own host and once: a second question means that it was refused.</summary>
    internal CredentialsHandler Credentials => (url, user, types) =>
    {
        var token = Environment.GetEnvironmentVariable(GitEngine.TokenVariable);
        var isOwn = Uri.TryCreate(url, UriKind.Absolute, out var asking) && asking.Authority == _authority;
        if (token is null || !isOwn || _wasAsked)
        {
            _wasRefused = token is not null && _wasAsked;
            _wasAsked = true;
            throw new LibGit2SharpException("authentication required");
        }

        _wasAsked = true;
        var colon = token.IndexOf(':', StringComparison.Ordinal);
        return new UsernamePasswordCredentials
        {
            Username = colon < 0 ? GitEngine.TokenUser : token[..colon],
            Password = token[(colon + 1)..],
        };
    };

    /// <summary>Host, with its user, and whether the address names a port; null when it is no address for ssh.</summary>
    private static (string Host, bool HasPort)? SshHost(string address)
    {
        if (address.StartsWith("ssh://", StringComparison.Ordinal))
            return Uri.TryCreate(address, UriKind.Absolute, out var uri)
                ? ((uri.UserInfo.Length > 0 ? uri.UserInfo + "@" : "") + uri.Host, uri.Port > 0)
                : null;
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        var isScp = colon > 0 && !address[..colon].Contains('/', StringComparison.Ordinal)
            && !address.Contains("://", StringComparison.Ordinal);
        return isScp ? (address[..colon], false) : null;
    }

    /// <summary>
    /// libgit2 writes the address into a line for the shell, and a port that ssh's own configuration can then not change any more.
    /// </summary>
    private static void PrepareSsh(string address, string host, bool hasPort)
    {
        if (address.AsSpan().IndexOfAny("\"$`\\\n") >= 0)
            throw new GitFailure("the built-in git takes no ssh address with a quote, '$', '`' or '\\'; install git");
        var command = Environment.GetEnvironmentVariable(SshVariable) ?? "ssh";
        if (!hasPort && ConfiguredPort(command, host) is { } port)
            command += string.Create(CultureInfo.InvariantCulture, $" -oPort={port}");
        OwnProcess.SetVariable(SshVariable, command);
    }

    private static int? ConfiguredPort(string command, string host)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{command} -G -- \"$1\"", "sh", host])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        int? port = null;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith("port ", StringComparison.Ordinal))
                port = int.TryParse(line["port ".Length..], CultureInfo.InvariantCulture, out var number) ? number : null;
        }

        process.WaitForExit();
        return port;
    }
}
