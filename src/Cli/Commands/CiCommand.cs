using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Hosting;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Delivery;
using ModelOps.Reconciler.Diff;
using ModelOps.Reconciler.Forges;

namespace ModelOps.Cli.Commands;

/// <summary>
/// <c>modelops ci comment</c>: tells in a pull request what it changes. It is for a job that has a token and never checks the request out:
/// the comparison comes from another job, as JSON, and is taken for data that anybody may have written.
/// </summary>
internal static class CiCommand
{
    internal const string TokenVariable = "MODELOPS_CI_TOKEN";

    private const int LargestDiff = 1 << 20;

    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    internal static Command Create(CliContext context) =>
        new("ci", "For jobs that review changes of models") { Comment(context) };

    private static Command Comment(CliContext context)
    {
        var diff = new Option<string>("--diff")
        {
            Description = "What 'modelops diff --format json' printed",
            HelpName = "FILE",
            Required = true,
        };
        var forge = new Option<string?>("--forge")
        {
            Description = "github, gitlab, gitea, forgejo or bitbucket [default: as the job's environment tells]",
            HelpName = "FORGE",
        };
        forge.AcceptOnlyFromAmong("github", "gitlab", "gitea", "forgejo", "bitbucket");
        var api = Text("--api", "Address of the forge's interface [default: as the job's environment tells]", "URL");
        var repository = Text("--repository", "The repository there, such as team/models [default: the job's]", "NAME");
        var pull = Text("--pull", "Number of the pull request [default: the job's, on GitLab]", "NUMBER");
        var head = Text("--head", "Commit that the pull request must have, else nothing is written", "COMMIT");
        var name = Text("--name", "Tells the comments of several sets in one repository apart [default: models]", "NAME");
        var token = Text("--token-file", $"File whose first line is the token [default: {TokenVariable} of the environment]", "FILE");
        var dry = new Option<bool>("--dry-run") { Description = "Print the comment, and ask no forge" };
        var command = new Command("comment", "Write what a pull request changes into its one comment, and keep that up to date")
        {
            diff, forge, api, repository, pull, head, name, token, dry,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var called = NameOf(parsed.GetValue(name));
            var change = Read(context, parsed.GetValue(diff)!);
            var job = new CiJob(context.Environment);
            if (parsed.GetValue(dry))
            {
                var longest = new PullRequest(job.Kind(parsed.GetValue(forge)) ?? ForgeKind.GitHub, new Uri("https://localhost/"), "", 0)
                    .LongestComment;
                context.ExactOut.Write(DiffComment.Of(change, called, parsed.GetValue(head) ?? "", longest));
                return ExitCode.Done;
            }

            var request = job.Find(
                parsed.GetValue(forge), parsed.GetValue(api), parsed.GetValue(repository), parsed.GetValue(pull));
            using var http = OutsideClient.Create(context);
            var comment = new PullRequestComment(request, TokenOf(context, parsed.GetValue(token)), http);
            return await WriteAsync(context, comment, request, change, called, parsed.GetValue(head), cancellationToken);
        });
        return command;
    }

    private static Option<string?> Text(string name, string text, string value) => new(name) { Description = text, HelpName = value };

    private static async Task<int> WriteAsync(
        CliContext context, PullRequestComment comment, PullRequest request, ModelSetDiff change, string name, string? head,
        CancellationToken cancellationToken)
    {
        try
        {
            if (head is not null && await comment.HeadAsync(cancellationToken) is var found && !IsSame(found, head))
            {
                throw new CliException(
                    ExitCode.Refused,
                    $"{request.Number} has the commit {SafeText.ForLine(found)}, not {SafeText.ForLine(head)}; nothing was written");
            }

            var text = DiffComment.Of(change, name, head ?? "", request.LongestComment);
            var isNew = await comment.WriteAsync(DiffComment.MarkOf(name), text, cancellationToken);
            context.Out.WriteLine(
                $"the comment of {request.Repository} {request.Number.ToString(CultureInfo.InvariantCulture)} is "
                + (isNew ? "written" : "up to date"));
            return ExitCode.Done;
        }
        catch (ForgeException error)
        {
            throw new CliException(ExitCode.Failed, SafeText.ForLine(error.Message), error);
        }
    }

    /// <summary>Some forges name a commit by its first digits.</summary>
    private static bool IsSame(string found, string wanted) =>
        wanted.Length >= 40 && wanted.StartsWith(found, StringComparison.OrdinalIgnoreCase);

    private static string NameOf(string? given) => given is null ? DiffComment.UsualName
        : given.Length is > 0 and <= 63 && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? given
        : throw new CliException(ExitCode.Usage, "--name takes letters, digits, dashes, dots and underscores, 63 at most");

    private static string TokenOf(CliContext context, string? file)
    {
        try
        {
            var token = file is not null
                ? SecretFile.FirstLine(context.FullPath(file))
                : new HostEnvironment(context.Environment).Text(TokenVariable);
            return token.Length > 0 && token.All(c => c is > ' ' and < '\x7f')
                ? token
                : throw new CliException(ExitCode.Usage, $"there is no token; give it in {TokenVariable}, or in a file with --token-file");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CliException(ExitCode.Usage, $"{file} cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static ModelSetDiff Read(CliContext context, string given)
    {
        var path = context.FullPath(given);
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LargestDiff })
                throw new CliException(ExitCode.Failed, $"{given} is larger than 1 MiB, which no comment could show");
            using var json = JsonDocument.Parse(RegularFile.ReadAllBytes(path), s_strict);
            return ModelSetDiffJson.Read(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw new CliException(
                ExitCode.Failed, $"{given} is not what 'modelops diff --format json' prints of two sets: {SafeText.ForLine(error.Message)}",
                error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"{given} cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }
}
