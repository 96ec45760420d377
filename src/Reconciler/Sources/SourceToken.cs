using System.Diagnostics;
using System.Text;

namespace ModelOps.Reconciler.Sources;

/// <summary>
/// The secret of an https source, read anew for each call that speaks with the server, so that a new one is in force at once: the first
/// line of a file, or of what a command prints.
/// </summary>
internal static class SourceToken
{
    private const int MostCharacters = 16 << 10;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>The token, <c>user:token</c>, or <c>bearer token</c>; null when the source has none.</summary>
    /// <exception cref="GitSourceException">It cannot be had. The message never holds what the file or the command said.</exception>
    internal static async Task<string?> ReadAsync(SourceOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.TokenFile is { } file)
            return FromFile(options, file);
        return options.TokenCommand is { } command ? await FromCommandAsync(options, command, time, cancellationToken) : null;
    }

    private static string FromFile(SourceOptions options, string file)
    {
        try
        {
            return FirstLine(File.ReadLines(file).Take(1)) is { Length: > 0 } token
                ? token
                : throw Invalid(options, $"{file} holds no token; its first line must be the token, user:token, or bearer TOKEN");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Invalid(options, $"the token file {file} cannot be read: {error.Message}");
        }
    }

    private static async Task<string> FromCommandAsync(
        SourceOptions options, string command, TimeProvider time, CancellationToken cancellationToken)
    {
        using var elapsed = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        try
        {
            process.StandardInput.Close();
            var error = process.StandardError.BaseStream.CopyToAsync(Stream.Null, either.Token);
            var text = await ReadBoundedAsync(process.StandardOutput, either.Token);
            await error;
            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0)
                throw Invalid(options, $"the token command failed with exit code {process.ExitCode}; try it by hand");
            return FirstLine(text.Split('\n').Take(1)) is { Length: > 0 } token
                ? token
                : throw Invalid(options, "the token command printed no token");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Invalid(options, $"the token command did not end within {s_patience.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> ReadBoundedAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await output.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (text.Length < MostCharacters)
                text.Append(buffer, 0, count);
        }

        return text.ToString();
    }

    private static string FirstLine(IEnumerable<string> lines) => lines.FirstOrDefault()?.Trim() ?? "";

    private static GitSourceException Invalid(SourceOptions options, string message) => new(
        ModelfileLang.Diagnostics.AddressText.OfUntrusted(options.Location), SourceFailure.AuthFailed, message);
}
