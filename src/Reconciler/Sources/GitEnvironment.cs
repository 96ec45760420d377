using System.Text;

namespace ModelOps.Reconciler.Sources;

/// <summary>The environment of every call of git: variables of ours, and of others' none but those that are named here.</summary>
internal static class GitEnvironment
{
    private static readonly string[] s_kept =
    [
        "PATH", "SSH_AUTH_SOCK", "TMPDIR", "TEMP", "TMP", "SystemRoot", "SystemDrive", "ComSpec", "USER", "LOGNAME",
        "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO",
        "GIT_SSL_CAPATH", "LD_LIBRARY_PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64",
    ];

    internal static void Set(IDictionary<string, string?> environment, SourceOptions options, string home, string configuration)
    {
        var kept = s_kept
            .Where(environment.ContainsKey)
            .ToDictionary(name => name, name => environment[name], StringComparer.Ordinal);
        environment.Clear();
        foreach (var (name, value) in kept)
            environment[name] = value;

        // This machine is asked directly, whatever proxies there are; a list that names more stays in force.
        var direct = environment.TryGetValue("no_proxy", out var lower) && lower is { Length: > 0 }
            ? lower
            : environment.TryGetValue("NO_PROXY", out var upper) ? upper : null;
        environment["no_proxy"] = string.Join(
            ',', ((string?[])[direct, "localhost", "127.0.0.1", "127.0.0.0/8", "::1"]).Where(part => !string.IsNullOrEmpty(part)));

        environment["HOME"] = home;
        environment["XDG_CONFIG_HOME"] = home;
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_GLOBAL"] = configuration;
        environment["GIT_ATTR_NOSYSTEM"] = "1";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_ASKPASS"] = "";
        environment["SSH_ASKPASS"] = "";
        environment["SSH_ASKPASS_REQUIRE"] = "never";
        environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        environment["GIT_OPTIONAL_LOCKS"] = "0";
        environment["GIT_LFS_SKIP_SMUDGE"] = "1";
        environment["GIT_ALLOW_PROTOCOL"] = "file:ssh:https";
        environment["GIT_SSH_COMMAND"] = SshCommand(options);
        environment["LC_ALL"] = "C";
        SetTransport(environment, options);
    }

    /// <summary>Authorities of their own for an https source: what the host says, else git's own variable; null for the system's.</summary>
    internal static string? AuthoritiesFile(SourceOptions options, Func<string, string?> variable) =>
        options.AuthorityFile is { } file ? Path.GetFullPath(file) : variable("GIT_SSL_CAINFO") is { Length: > 0 } own ? own : null;

    /// <summary>
    /// Authorities, certificate and proxy. What a git is linked with decides which variable it reads for the authorities, so both are set.
    /// </summary>
    private static void SetTransport(IDictionary<string, string?> environment, SourceOptions options)
    {
        var authorities = AuthoritiesFile(options, name => environment.TryGetValue(name, out var value) ? value : null)
            ?? (environment.TryGetValue("SSL_CERT_FILE", out var usual) && usual is { Length: > 0 } ? usual : null);
        if (authorities is not null)
            environment["GIT_SSL_CAINFO"] = environment["SSL_CERT_FILE"] = authorities;
        if (options.ClientCertificateFile is { } certificate)
            environment["GIT_SSL_CERT"] = Path.GetFullPath(certificate);
        if (options.ClientKeyFile is { } key)
            environment["GIT_SSL_KEY"] = Path.GetFullPath(key);
        if (options.Proxy is { } proxy)
            environment["https_proxy"] = environment["HTTPS_PROXY"] = proxy;
    }

    /// <summary>The ssh program and its options, as a line for the shell.</summary>
    internal static string SshCommand(SourceOptions options)
    {
        var command = new StringBuilder(
            "ssh -oBatchMode=yes -oStrictHostKeyChecking=yes -oConnectTimeout=20 -oServerAliveInterval=15 -oServerAliveCountMax=3 "
            + "-oLogLevel=DEBUG1 -oClearAllForwardings=yes");
        if (options.KnownHostsFile is { } knownHosts)
            command.Append(" -oGlobalKnownHostsFile=none -oUserKnownHostsFile=").Append(Quoted(Path.GetFullPath(knownHosts)));
        if (options.SshKeyFile is { } key)
            command.Append(" -oIdentitiesOnly=yes -i ").Append(Quoted(Path.GetFullPath(key)));
        return command.ToString();
    }

    /// <summary>git hands this command to a shell, so a path is quoted for one.</summary>
    private static string Quoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
