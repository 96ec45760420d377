using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace ModelOps.Reconciler.Sources;

/// <summary>A key that an ssh server shows.</summary>
/// <param name="Host">As a known hosts file names it: <c>host</c>, or <c>[host]:port</c>.</param>
/// <param name="Type">Kind of the key, such as <c>ssh-ed25519</c>.</param>
/// <param name="Key">The key, base64.</param>
public sealed record HostKey(string Host, string Type, string Key)
{
    /// <summary>As ssh and those who run servers write it.</summary>
    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Key))).TrimEnd('=');

    /// <summary>Its line in a known hosts file.</summary>
    public string Line => $"{Host} {Type} {Key}";
}

/// <summary>Asks ssh servers for their keys, and known hosts files for what is known.</summary>
public static class HostKeys
{
    private const int Patience = 10;

    /// <summary>The keys that a server shows now. That it is the right server is not known by this.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="time">Clock of the time limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GitSourceException">No key came within 10 s, or there is no ssh.</exception>
    public static async Task<ImmutableArray<HostKey>> ScanAsync(
        string host, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var lines = await RunAsync(
            "ssh-keyscan",
            ["-T", $"{Patience}", "-p", port.ToString(CultureInfo.InvariantCulture), "-t", "ed25519,ecdsa,rsa", "--", host], host, time,
            cancellationToken);
        ImmutableArray<HostKey> keys = [.. lines.Select(Parse).OfType<HostKey>()];
        return keys.IsEmpty
            ? throw new GitSourceException(
                host, SourceFailure.FetchFailed,
                FormattableString.Invariant($"{host}:{port} shows no ssh key; does a server answer there?"))
            : keys;
    }

    /// <summary>The keys that a file has of a host, hashed names among them; empty when it has none or is not there.</summary>
    /// <exception cref="GitSourceException">There is no ssh.</exception>
    public static async Task<ImmutableArray<HostKey>> KnownAsync(
        string file, string host, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            return [];
        var lines = await RunAsync("ssh-keygen", ["-F", host, "-f", file], host, time, cancellationToken);
        return [.. lines.Select(Parse).OfType<HostKey>()];
    }

    private static HostKey? Parse(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return fields.Length >= 3 && !line.StartsWith('#') && !line.StartsWith('@') && IsKey(fields[2])
            ? new HostKey(fields[0], fields[1], fields[2])
            : null;
    }

    private static bool IsKey(string text) => text.StartsWith("AAAA", StringComparison.Ordinal) && Convert.TryFromBase64String(
        text, new byte[text.Length], out _);

    private static async Task<string[]> RunAsync(
        string program, IEnumerable<string> arguments, string host, TimeProvider time, CancellationToken cancellationToken)
    {
        using var elapsed = new CancellationTokenSource(TimeSpan.FromSeconds(2 * Patience), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            })!;
            try
            {
                process.StandardInput.Close();
                var error = process.StandardError.BaseStream.CopyToAsync(Stream.Null, either.Token);
                var output = await process.StandardOutput.ReadToEndAsync(either.Token);
                await error;
                await process.WaitForExitAsync(either.Token);
                return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
        }
        catch (Win32Exception error)
        {
            throw new GitSourceException(
                host, SourceFailure.GitMissing,
                $"{program} cannot be started; install OpenSSH's client and make sure that it is in the PATH", error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GitSourceException(host, SourceFailure.Timeout, $"{host} did not answer within {2 * Patience} s");
        }
    }
}
