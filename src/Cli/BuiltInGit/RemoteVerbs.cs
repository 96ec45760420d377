using LibGit2Sharp;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>Verbs that speak with a remote.</summary>
internal static class RemoteVerbs
{
    private const string Name = "source";

    internal static int Init(GitArguments arguments)
    {
        if (arguments.Has("--object-format=sha256"))
            throw new GitFailure(GitWords.Sha256);
        Repository.Init(arguments.Operands[0], isBare: true);
        return 0;
    }

    /// <summary><c>ls-remote ADDRESS NAME…</c>: id, tab, name of those references.</summary>
    internal static int List(GitArguments arguments, Stream output)
    {
        var remote = RemoteAddress.Prepare(arguments.Operands[0]);
        var wanted = arguments.Operands.Skip(1).ToHashSet(StringComparer.Ordinal);
        foreach (var reference in remote.Ask(() => References(remote)))
        {
            if (wanted.Contains(reference.CanonicalName) && reference.ResolveToDirectReference() is { } direct)
                output.WriteLine($"{direct.TargetIdentifier}\t{reference.CanonicalName}");
        }

        return 0;
    }

    /// <summary><c>fetch ADDRESS REFSPEC…</c> into a bare repository.</summary>
    internal static int Fetch(GitArguments arguments)
    {
        using var at = RepositoryAt.Open(arguments);
        var remote = RemoteAddress.Prepare(arguments.Operands[0]);
        var repository = at.Repository;
        if (repository.Network.Remotes[Name] is null)
            repository.Network.Remotes.Add(Name, remote.Address);
        else
            repository.Network.Remotes.Update(Name, update => update.Url = remote.Address);
        var specs = arguments.Operands.Skip(1).ToArray();
        var before = repository.Refs.Select(reference => reference.TargetIdentifier).ToArray();
        remote.Ask(() =>
        {
            LibGit2Sharp.Commands.Fetch(repository, Name, specs, Options(remote), logMessage: null);
            return true;
        });
        RequireWhole(repository, specs, before);
        return 0;
    }

    private static IEnumerable<Reference> References(RemoteAddress remote) =>
        [.. Repository.ListRemoteReferences(remote.Address, remote.Credentials, remote.Proxy)];

    private static FetchOptions Options(RemoteAddress remote) => new()
    {
        TagFetchMode = TagFetchMode.None,
        CredentialsProvider = remote.Credentials,
        ProxyOptions = { ProxyType = ProxyType.Auto },
    };

    /// <summary>A shallow source leaves commits without their parents, which would show much later.</summary>
    private static void RequireWhole(Repository repository, IEnumerable<string> specs, IEnumerable<string> before)
    {
        foreach (var name in specs.Select(spec => spec[(spec.IndexOf(':', StringComparison.Ordinal) + 1)..]))
        {
            if (name.Contains('*', StringComparison.Ordinal))
                continue;
            if (repository.Refs[name] is not { } made)
                throw new GitFailure($"couldn't find remote ref {name}");
            try
            {
                var added = repository.Commits.QueryBy(new CommitFilter
                {
                    IncludeReachableFrom = made.ResolveToDirectReference().Target,
                    ExcludeReachableFrom = before.Where(id => repository.Lookup<Commit>(id) is not null).ToArray(),
                });
                foreach (var commit in added)
                {
                    // Walking is what reads them.
                }
            }
            catch (NotFoundException)
            {
                repository.Refs.Remove(made);
                throw new GitFailure(GitWords.Shallow);
            }
        }
    }
}
