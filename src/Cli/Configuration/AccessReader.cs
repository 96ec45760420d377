using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using ModelOps.Cli.Client;
using ModelOps.Cli.Hosting;
using ModelOps.Http.Keys;
using ModelOps.Http.Listening;

namespace ModelOps.Cli.Configuration;

/// <summary>The settings that say who may ask this server, to what it is started with.</summary>
internal sealed class AccessReader(CliContext context, HostValues values)
{
    private const string NoSocket = "none";

    /// <exception cref="CliException">A value cannot be used.</exception>
    internal AccessOptions Read(ServerAddress listen) => new()
    {
        KeyFile = KeyFile(),
        RequireKeys = values.Switch(AccessSettings.RequireKeys) ?? false,
        Socket = Socket(),
        AllowedHosts = Many(AccessSettings.AllowHosts),
        BehindProxy = values.Switch(AccessSettings.BehindProxy) ?? false,
        TrustedProxies = [.. Many(AccessSettings.TrustedProxies).Select(NetworkOf)],
        Tls = Tls(listen),
        PerAddress = new Allowance
        {
            Requests = QuotaOf(AccessSettings.AddressRate),
            Tokens = QuotaOf(AccessSettings.AddressTokens),
            Uploads = QuotaOf(AccessSettings.AddressUploads),
            Streams = Streams(),
        },
    };

    /// <summary>The file of keys, absolute, whether it is there or not.</summary>
    internal string KeyFile() => values.Text(AccessSettings.Keys) switch
    {
        { } given when string.IsNullOrWhiteSpace(given) => throw new CliException(
            ExitCode.Usage, "--keys is empty; name the file of keys"),
        { } given => context.FullPath(given),
        null => Path.Combine(Home(), Http.Keys.KeyFile.UsualName),
    };

    private string Home() => StateFolder.Of(context, values.Text(HostSettings.Home));

    /// <summary>The usual one is left out where its path is too long for the system; one that is named must be one.</summary>
    private string? Socket()
    {
        switch (values.Text(AccessSettings.Socket))
        {
            case NoSocket:
                return null;
            case null:
                var usual = Path.Combine(Home(), LocalSocket.UsualName);
                return OperatingSystem.IsWindows() || !LocalSocket.Fits(usual) ? null : usual;
            case var given:
                var path = context.FullPath(given);
                return LocalSocket.Fits(path)
                    ? path
                    : throw new CliException(
                        ExitCode.Usage,
                        $"--socket {path} is longer than {LocalSocket.LongestPath} bytes, the most that a socket's path may have");
        }
    }

    private TlsOptions? Tls(ServerAddress listen)
    {
        var (certificate, key) = (File(AccessSettings.Certificate), File(AccessSettings.CertificateKey));
        var authority = File(AccessSettings.ClientAuthority);
        if (listen.Scheme != "https")
        {
            return certificate is null && key is null && authority is null ? null : throw new CliException(
                ExitCode.Usage, $"a certificate is given, and {listen} is not encrypted; listen on https://HOST:PORT");
        }

        return certificate is not null && key is not null
            ? new TlsOptions(certificate, key) { ClientAuthorityFile = authority }
            : throw new CliException(
                ExitCode.Usage,
                $"{(values.Text(HostSettings.Listen) is null ? "OLLAMA_HOST" : "--listen")} asks for https, and there is no certificate to "
                + "serve it with: give --tls-cert FILE and --tls-key FILE, or listen on http, behind a proxy that ends TLS");
    }

    private string? File(HostSetting<string> setting) => values.Text(setting) is { Length: > 0 } file ? context.FullPath(file) : null;

    private ImmutableArray<string> Many(HostSetting<ImmutableArray<string>> setting) =>
        values.Flags(setting) is { Length: > 0 } flags ? flags : values.FileOr(setting, []);

    private static IPNetwork NetworkOf(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return network;
        return IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new CliException(ExitCode.Usage, $"--trusted-proxy '{text}' is no address or network; write 10.0.0.7 or 10.0.0.0/8");
    }

    private Quota? QuotaOf(HostSetting<string> setting) => values.Text(setting) is not { } text ? null
        : Quota.Parse(text) ?? throw new CliException(ExitCode.Usage, $"{setting.Flag} '{text}' is not {Quota.Form}");

    private int? Streams()
    {
        if (values.Flag(AccessSettings.AddressStreams) is not { } text)
            return values.TryFile(AccessSettings.AddressStreams, out var streams) ? streams : null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
            ? number
            : throw new CliException(ExitCode.Usage, $"--address-streams '{text}' is no number from 1 on");
    }
}
