using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ModelOps.Http.Webhooks;
using ModelOps.ModelStore.Native;

namespace ModelOps.Cli.Hosting;

/// <summary>
/// The address and the secrets of the webhooks of a source, in the state folder, for its user only. The first line of secrets is the one in
/// use; those below it count as well, so that one can be replaced without losing a call.
/// </summary>
internal sealed class WebhookFiles(string home)
{
    private const int PartBytes = 16;

    private string Folder => Path.Combine(home, "webhooks");

    /// <summary>The file of secrets that a source has where the configuration names none.</summary>
    internal string SecretFile(string source) => Path.Combine(Folder, source + ".secret");

    /// <summary>The part of the address that nobody can guess; made when there is none.</summary>
    /// <exception cref="CliException">It cannot be kept.</exception>
    internal string Part(string source) =>
        Ensured(Path.Combine(Folder, source + ".path"), () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PartBytes)))[0];

    /// <summary>The secrets of a source; made when there are none and the configuration names no file.</summary>
    /// <exception cref="CliException">They cannot be read, or one is too short.</exception>
    internal ImmutableArray<string> Secrets(string source, WebhookProvider provider, string? file)
    {
        var secrets = file is null
            ? Ensured(SecretFile(source), () => WebhookSecret.Create(provider))
            : Read(file);
        return secrets.FirstOrDefault(secret => secret.Length < WebhookSecret.Shortest) is null
            ? secrets
            : throw new CliException(
                ExitCode.Usage,
                $"a secret in {file ?? SecretFile(source)} has fewer than {WebhookSecret.Shortest} characters; write one line a secret");
    }

    private ImmutableArray<string> Ensured(string file, Func<string> make)
    {
        try
        {
            if (!File.Exists(file))
            {
                Directory.CreateDirectory(Folder);
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                using var written = new FileStream(file, Private());
                using var text = new StreamWriter(written);
                text.WriteLine(make());
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"{file} cannot be written: {error.Message.TrimEnd('.')}", error);
        }

        return Read(file);
    }

    private static FileStreamOptions Private()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static ImmutableArray<string> Read(string file)
    {
        try
        {
            var lines = Encoding.UTF8.GetString(RegularFile.ReadAllBytes(file))
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return lines.Length > 0
                ? [.. lines]
                : throw new CliException(ExitCode.Usage, $"{file} is empty; the secrets of a webhook must stand in it");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"the secrets in {file} cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }
}
