using System.Collections.Immutable;
using ModelOps.Http.Keys;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Configuration;

/// <summary>The settings that say who may ask this server, from where, and how much.</summary>
internal static class AccessSettings
{
    private static readonly TextKind<string> s_quota = new(Quota.Form)
    {
        Parse = text => Quota.Parse(text) is null ? null : text,
        Write = text => text,
    };

    internal static HostSetting<string> Keys { get; } = HostRow.Text(
        "access.keys", "File of keys, which is reread when it changes") with
    {
        Flag = "--keys",
        Value = "FILE",
        Otherwise = "keys in the state folder",
    };

    internal static HostSetting<bool> RequireKeys { get; } = HostRow.Value(
        "access.requireKeys", "Whoever comes over the network needs a key, on loopback too", new SwitchKind()) with
    {
        Flag = "--require-keys",
        Otherwise = "false: keys are needed on addresses that other machines reach",
    };

    internal static HostSetting<string> Socket { get; } = HostRow.Text(
        "access.socket", "Unix socket for this user's own commands, which need no key there; 'none' for none") with
    {
        Flag = "--socket",
        Value = "PATH",
        Otherwise = "socket in the state folder",
    };

    internal static HostSetting<ImmutableArray<string>> AllowHosts { get; } = HostRow.List(
        "access.allowHosts", "Further name that clients may call this server by, such as models.example.org or *.example.org",
        "A host name.") with
    {
        Flag = "--allow-host",
        Value = "NAME",
    };

    internal static HostSetting<bool> BehindProxy { get; } = HostRow.Value(
        "access.behindProxy", "A reverse proxy speaks TLS before this server; everybody needs a key", new SwitchKind()) with
    {
        Flag = "--behind-proxy",
        Otherwise = "false",
    };

    internal static HostSetting<ImmutableArray<string>> TrustedProxies { get; } = HostRow.List(
        "access.trustedProxies", "Address or network of a proxy whose X-Forwarded-For counts, such as 10.0.0.0/8",
        "An address, or a network.") with
    {
        Flag = "--trusted-proxy",
        Value = "NETWORK",
    };

    internal static HostSetting<string> Certificate { get; } = HostRow.Text(
        "access.tls.certificate", "Certificate to show on an https address, PEM, with those that lead to its authority; renewed without a "
            + "restart") with
    {
        Flag = "--tls-cert",
        Value = "FILE",
    };

    internal static HostSetting<string> CertificateKey { get; } = HostRow.Text(
        "access.tls.key", "Its private key, PEM, without a password") with
    {
        Flag = "--tls-key",
        Value = "FILE",
    };

    internal static HostSetting<string> ClientAuthority { get; } = HostRow.Text(
        "access.tls.clientAuthority", "Authorities of which clients must show a certificate, besides their key; PEM") with
    {
        Flag = "--tls-client-ca",
        Value = "FILE",
    };

    internal static HostSetting<string> AddressRate { get; } = HostRow.Text(
        "limits.perAddress.rate", "Requests of one address, e.g. 600/min", s_quota) with
    {
        Flag = "--address-rate",
        Value = "QUOTA",
        Otherwise = "no limit",
    };

    internal static HostSetting<string> AddressTokens { get; } = HostRow.Text(
        "limits.perAddress.tokens", "Tokens of prompts and answers of one address, e.g. 1M/day", s_quota) with
    {
        Flag = "--address-tokens",
        Value = "QUOTA",
        Otherwise = "no limit",
    };

    internal static HostSetting<string> AddressUploads { get; } = HostRow.Text(
        "limits.perAddress.uploads", "Bytes of uploaded blobs of one address, e.g. 10GiB/day", s_quota) with
    {
        Flag = "--address-uploads",
        Value = "QUOTA",
        Otherwise = "no limit",
    };

    internal static HostSetting<int> AddressStreams { get; } = HostRow.Value(
        "limits.perAddress.streams", "Answers of one address at a time, those that wait too", new NumberKind(1, int.MaxValue)) with
    {
        Flag = "--address-streams",
        Value = "NUMBER",
        Otherwise = "no limit",
    };

    internal static ImmutableArray<HostSetting> All { get; } =
    [
        Keys, RequireKeys, Socket, AllowHosts, BehindProxy, TrustedProxies, Certificate, CertificateKey, ClientAuthority, AddressRate,
        AddressTokens, AddressUploads, AddressStreams,
    ];

    internal static ImmutableArray<SettingGroup> Groups { get; } =
    [
        new SettingGroup("access", "Who may ask this server."),
        new SettingGroup("access.tls", "How connections are encrypted."),
        new SettingGroup("limits.perAddress", "What one address may take; keys have limits of their own."),
    ];
}
