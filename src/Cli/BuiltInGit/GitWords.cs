using LibGit2Sharp;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>What libgit2 says, in the words of git that the daemon knows, with what to do about what only the program can.</summary>
internal static class GitWords
{
    internal const string OutOfMemory =
        "the built-in git needs more memory than it may take, because there are very large files in the repository; install git";

    internal const string Sha256 = "the repository has SHA-256 ids, which the built-in git cannot read; install git";

    internal const string Shallow =
        "the source is a shallow clone, whose history the built-in git cannot copy; install git, or make the source whole there "
        + "(git fetch --unshallow)";

    internal static string Of(LibGit2SharpException error)
    {
        var text = error.Message.Trim();
        bool Says(string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
        if (Says("out of memory") || Says("failed to allocate") || Says("cannot allocate memory"))
            return OutOfMemory;
        if (Says("objectformat") || Says("object format") || Says("oid type"))
            return Sha256;
        if (Says("unsupported extension") || Says("unsupported repository version"))
            return $"the repository has a format that the built-in git cannot read ({text}); install git";
        if (Says("SSL certificate is invalid") || Says("certificate verify failed"))
            return "SSL certificate problem: the certificate of the server is not signed by an authority that is known here";
        return error switch
        {
            RepositoryNotFoundException => $"not a git repository: {text}",
            _ when Says("could not find repository") => $"not a git repository: {text}",
            _ when Says("status code: 404") => "repository not found",
            _ when Says("status code: 401") || Says("status code: 403") || Says("too many redirects or authentication replays")
                => $"Authentication failed: {text}",
            _ when Says("shallow") => Shallow,
            NotFoundException or InvalidSpecificationException or AmbiguousSpecificationException => $"Not a valid object name: {text}",
            _ => text,
        };
    }
}
