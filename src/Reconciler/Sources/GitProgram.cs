using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>What one call of git printed.</summary>
internal sealed record GitOutput(int ExitCode, byte[] Bytes, string Error)
{
    internal string Text => Encoding.UTF8.GetString(Bytes);
}

/// <summary>
/// The git program, hardened: a configuration of our own and no other, no hooks, no prompts, no helpers, few protocols,
/// a scrubbed environment, bounded output, and a time limit after which the whole process tree is killed.
/// </summary>
internal sealed class GitProgram
{
    private const int MaxErrorBytes = 64 << 10;

    private readonly string _folder;
    private readonly SourceOptions _options;
    private readonly TimeProvider _time;
    private string _location;

    /// <summary>Prepares the program.</summary>
    /// <param name="folder">Our own folder: it gets git's configuration and an empty home.</param>
    /// <param name="options">Limits and ssh settings.</param>
    /// <param name="time">Clock of the time limits.</param>
    internal GitProgram(string folder, SourceOptions options, TimeProvider time)
    {
        _folder = Path.GetFullPath(folder);
        _options = options;
        _time = time;
        _location = AddressText.OfUntrusted(options.Location);
        Engine = options.Git ?? GitEngine.Of(GitChoice.Auto);
        HttpsCredentials.Check(options);
        if (Engine.IsBuiltIn && options.ClientCertificateFile is not null)
            throw Refused(SourceFailure.GitMissing, "the built-in git cannot show a client certificate; install git");
        Directory.CreateDirectory(HomeFolder);
        GitConfiguration.Write(ConfigurationFile, options);
    }

    /// <summary>Who answers.</summary>
    internal GitEngine Engine { get; private set; }

    private string HomeFolder => Path.Combine(_folder, "home");

    private string ConfigurationFile => Path.Combine(_folder, "gitconfig");

    /// <summary>
    /// The file of what the user never commits; null when there is none. Our git reads no configuration of the user, so it needs the path.
    /// </summary>
    internal static string? UserIgnoreFile
    {
        get
        {
            var environment = new ProcessStartInfo().Environment;
            var configuration = environment.TryGetValue("XDG_CONFIG_HOME", out var set) && set is { Length: > 0 } ? set
                : environment.TryGetValue("HOME", out var home) && home is { Length: > 0 } ? Path.Combine(home, ".config") : null;
            var file = configuration is null ? null : Path.Combine(configuration, "git", "ignore");
            return File.Exists(file) ? file : null;
        }
    }

    /// <summary>Runs git and returns what it printed, whatever the exit code.</summary>
    /// <exception cref="GitSourceException">It is missing, printed too much or took too long.</exception>
    internal async Task<GitOutput> RunAsync(
        IEnumerable<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte> input = default, int maxBytes = 64 << 20,
        TimeSpan? limit = null, IEnumerable<(string Name, string Value)>? secrets = null)
    {
        var bytes = Array.Empty<byte>();
        var (exit, error) = await StreamAsync(
            arguments,
            input,
            async (output, token) => bytes = await ReadBoundedAsync(output, maxBytes, token),
            limit ?? _options.GitTimeout,
            cancellationToken,
            secrets);
        return new GitOutput(exit, bytes, error);
    }

    /// <summary>Runs a verb that speaks with the source, which is shown what lets us in.</summary>
    /// <exception cref="GitSourceException">It fails; the message names the address.</exception>
    internal Task<GitOutput> AskRemoteAsync(
        string address, IEnumerable<string> arguments, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var git = (GitProgram)MemberwiseClone();
        git._location = AddressText.OfUntrusted(address);
        return git.AskRemoteAsync(arguments, cancellationToken, limit);
    }

    private async Task<GitOutput> AskRemoteAsync(
        IEnumerable<string> arguments, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var token = await SourceToken.ReadAsync(_options, _time, cancellationToken);
        var output = await RunAsync(
            arguments, cancellationToken, limit: limit, secrets: HttpsCredentials.Environment(token, _options, Engine));
        return output.ExitCode == 0 ? output : throw Failed(output.Error);
    }

    /// <summary>Runs a command on the host of a source behind ssh, which is entered as git enters it.</summary>
    /// <param name="address">The source, for people.</param>
    /// <param name="arguments">Of the ssh program.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal Task<GitOutput> AskSshAsync(string address, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var ssh = (GitProgram)MemberwiseClone();
        ssh._location = AddressText.OfUntrusted(address);
        ssh.Engine = new GitEngine("/bin/sh", ["-c", GitEnvironment.SshCommand(_options) + " \"$@\"", "ssh"], IsBuiltIn: false);
        return ssh.RunAsync(arguments, cancellationToken, maxBytes: 1 << 20);
    }

    /// <summary>As <see cref="RunAsync"/>, and an exit code other than 0 is an error.</summary>
    internal async Task<GitOutput> RequireAsync(
        IEnumerable<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte> input = default, int maxBytes = 64 << 20,
        TimeSpan? limit = null)
    {
        var output = await RunAsync(arguments, cancellationToken, input, maxBytes, limit);
        return output.ExitCode == 0 ? output : throw Failed(output.Error);
    }

    internal GitSourceException Failed(string standardError)
    {
        var (failure, text) = GitErrorText.Explain(standardError, _options);
        return Refused(failure, text);
    }

    internal GitSourceException Refused(SourceFailure failure, string text) => new(_location, failure, $"{_location}: {text}");

    /// <summary>Runs git and hands its standard output to <paramref name="read"/> as it comes.</summary>
    internal async Task<(int ExitCode, string Error)> StreamAsync(
        IEnumerable<string> arguments, ReadOnlyMemory<byte> input, Func<Stream, CancellationToken, Task> read, TimeSpan limit,
        CancellationToken cancellationToken, IEnumerable<(string Name, string Value)>? secrets = null)
    {
        using var elapsed = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
        using var process = Start(arguments, limit, secrets ?? []);
        try
        {
            var error = ReadErrorAsync(process.StandardError.BaseStream, either.Token);
            var feed = FeedAsync(process.StandardInput.BaseStream, input, either.Token);
            await read(process.StandardOutput.BaseStream, either.Token);
            await feed;
            var text = await error;
            await process.WaitForExitAsync(either.Token);
            return (process.ExitCode, text);
        }
        catch (OperationCanceledException) when (elapsed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new GitSourceException(
                _location, SourceFailure.Timeout, $"{_location}: git did not answer within {limit.TotalSeconds:0} s");
        }
        finally
        {
            Kill(process);

            // A process that is disposed leaves streams that were read to the finalizer.
            await process.StandardOutput.BaseStream.DisposeAsync();
            await process.StandardError.BaseStream.DisposeAsync();
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in between.
        }
    }

    private static async Task FeedAsync(Stream standardInput, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await standardInput.WriteAsync(input, cancellationToken);
            await standardInput.DisposeAsync();
        }
        catch (IOException)
        {
            // git ended before it read everything; its exit code says why.
        }
    }

    private static async Task<string> ReadErrorAsync(Stream standardError, CancellationToken cancellationToken)
    {
        var kept = new MemoryStream();
        var buffer = new byte[4096];
        int count;
        while ((count = await standardError.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (kept.Length < MaxErrorBytes)
                kept.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    private Process Start(IEnumerable<string> arguments, TimeSpan limit, IEnumerable<(string Name, string Value)> secrets)
    {
        var start = new ProcessStartInfo(Engine.FileName, Engine.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = _folder,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        GitEnvironment.Set(start.Environment, _options, HomeFolder, ConfigurationFile);
        if (Engine.IsBuiltIn)
        {
            start.Environment[GitEngine.MemoryVariable] = _options.Limits.GitMemoryBytes.ToString(CultureInfo.InvariantCulture);
            start.Environment[GitEngine.SecondsVariable] = ((int)limit.TotalSeconds + 10).ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in secrets)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start) ?? throw new UnreachableException();
        }
        catch (Win32Exception error)
        {
            throw new GitSourceException(
                _location, SourceFailure.GitMissing, "the git program cannot be started; install git and make sure that it is in the PATH",
                error);
        }
    }

    private async Task<byte[]> ReadBoundedAsync(Stream output, int maxBytes, CancellationToken cancellationToken)
    {
        var kept = new MemoryStream();
        var buffer = new byte[64 << 10];
        int count;
        while ((count = await output.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (kept.Length + count > maxBytes)
            {
                throw new GitSourceException(
                    _location, SourceFailure.SourceInvalid, $"{_location}: git printed more than {maxBytes} bytes");
            }

            kept.Write(buffer, 0, count);
        }

        return kept.ToArray();
    }
}
