using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.Cli.Hosting;
using ModelOps.Http;
using ModelOps.Http.Keys;
using ModelOps.Http.Listening;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Doctor;

/// <summary>Who may ask the server: whether its address may be served, the keys of its clients, and its own certificate.</summary>
internal static class Access
{
    private const UnixFileMode Readers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int ShownNames = 5;
    private const string MakeOne = "modelops keys create NAME --scope infer";

    private static readonly TimeSpan s_soon = TimeSpan.FromDays(7);

    internal static IEnumerable<Finding> Look(ServeOptions options, TimeProvider time)
    {
        HttpOptions http;
        try
        {
            http = Listener.Options(options, []);
        }
        catch (CliException)
        {
            // The address is none of this machine, which is told where ports are looked at.
            http = new HttpOptions { Endpoints = [], RequireKeys = options.Access.RequireKeys };
        }

        if (http.Endpoints.Length > 0 && http.Check() is { } problem)
            yield return new Finding("access", Verdict.Bad, "'modelops serve' does not start like this", problem);
        yield return Keys(options.Access.KeyFile, http.NeedsKeys, time.GetUtcNow());
        if (options.Access.Tls is { } tls)
        {
            foreach (var finding in Tls(tls, time))
                yield return finding;
        }
    }

    private static Finding Keys(string file, bool needed, DateTimeOffset now)
    {
        try
        {
            var keys = new KeyFile(file).Read();
            if (keys.IsEmpty)
            {
                return needed
                    ? new Finding("keys", Verdict.Warning, $"clients need keys, and there are none in {file}", MakeOne)
                    : Finding.Good("keys", "none, and clients need none at this address");
            }

            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Readers) != UnixFileMode.None)
                return new Finding("keys", Verdict.Warning, $"other users may read {file}", $"chmod 600 {file}");
            var over = keys.Where(key => key.Expires <= now).ToArray();
            if (over.Length > 0)
            {
                var are = over.Length == 1 ? "is" : "are";
                return new Finding(
                    "keys", Verdict.Warning, $"{over.Length} of {CountText.Of(keys.Length, "key")} {are} over: {Names(over)}",
                    "modelops keys rotate NAME --expires 90d makes a new one, modelops keys revoke NAME removes it");
            }

            var ending = keys.Where(key => key.Expires <= now + s_soon).ToArray();
            return ending.Length > 0
                ? new Finding(
                    "keys", Verdict.Warning,
                    $"{CountText.Of(ending.Length, "key")} of {file} {(ending.Length == 1 ? "ends" : "end")} soon: {Ends(ending)}",
                    "modelops keys rotate NAME --expires 90d makes a new one")
                : Finding.Good("keys", $"{CountText.Of(keys.Length, "key")} in {file}");
        }
        catch (KeyFileException error)
        {
            return new Finding("keys", Verdict.Bad, error.Problem, error.Fix);
        }
    }

    /// <summary>The files are read as the server reads them; until when they hold is told with all other certificates.</summary>
    private static IEnumerable<Finding> Tls(TlsOptions options, TimeProvider time)
    {
        Finding? bad = null;
        try
        {
            new TlsFiles(options, time, NullLogger<TlsFiles>.Instance).Dispose();
        }
        catch (TlsException error)
        {
            bad = new Finding(
                "tls", Verdict.Bad, error.Message, "name a certificate and its key, both PEM, with access.tls of the configuration");
        }

        if (bad is not null)
            return [bad];
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(options.KeyFile) & Readers) != UnixFileMode.None
            ? [new Finding("tls", Verdict.Warning, $"other users may read {options.KeyFile}", $"chmod 600 {options.KeyFile}")]
            : [Finding.Good("tls", $"{options.CertificateFile} and {options.KeyFile} go together")];
    }

    private static string Names(IEnumerable<ApiKey> keys) => Listed([.. keys.Select(key => key.Name)]);

    private static string Ends(IEnumerable<ApiKey> keys) => Listed([.. keys.Select(key => $"{key.Name} on {Day(key.Expires!.Value)}")]);

    private static string Day(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Listed(string[] words) =>
        string.Join(", ", words.Take(ShownNames)) + (words.Length > ShownNames ? $" and {words.Length - ShownNames} more" : "");
}
