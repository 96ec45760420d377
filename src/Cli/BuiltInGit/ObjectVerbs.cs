using System.Globalization;
using LibGit2Sharp;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>Verbs about objects of one repository.</summary>
internal static class ObjectVerbs
{
    private const int MostDepth = 1000;

    internal static int UpdateReference(GitArguments arguments)
    {
        using var at = RepositoryAt.Open(arguments);
        at.Repository.Refs.Add(arguments.Operands[0], new ObjectId(arguments.Operands[1]), allowOverwrite: true);
        return 0;
    }

    /// <summary><c>merge-base --is-ancestor</c>: 0 yes, 1 no; what is not here is an error.</summary>
    internal static int IsAncestor(GitArguments arguments)
    {
        using var at = RepositoryAt.Open(arguments);
        var (ancestor, commit) = (Commit(at.Repository, arguments.Operands[0]), Commit(at.Repository, arguments.Operands[1]));
        return at.Repository.ObjectDatabase.FindMergeBase(ancestor, commit)?.Id == ancestor.Id ? 0 : 1;
    }

    /// <summary><c>rev-list --topo-order --max-count=N COMMIT [^COMMIT]</c>.</summary>
    internal static int ListHistory(GitArguments arguments, Stream output)
    {
        using var at = RepositoryAt.Open(arguments);
        var left = arguments.Operands.Where(operand => operand.StartsWith('^')).Select(operand => Commit(at.Repository, operand[1..]));
        var filter = new CommitFilter
        {
            IncludeReachableFrom = Commit(at.Repository, arguments.Operands[0]),
            ExcludeReachableFrom = left.ToArray(),
            SortBy = CommitSortStrategies.Topological,
        };
        foreach (var commit in at.Repository.Commits.QueryBy(filter).Take(Number(arguments, "--max-count=") ?? int.MaxValue))
            output.WriteLine(commit.Sha);
        return 0;
    }

    /// <summary><c>ls-tree -r -z -l COMMIT:FOLDER</c>.</summary>
    internal static int ListTree(GitArguments arguments, Stream output)
    {
        using var at = RepositoryAt.Open(arguments);
        var repository = at.Repository;
        if (repository.Lookup(arguments.Operands[0]) is not Tree top)
            throw new GitFailure($"Not a valid object name {arguments.Operands[0]}");
        var open = new Stack<(string Prefix, IEnumerator<TreeEntry> Entries)>([("", top.GetEnumerator())]);
        while (open.TryPeek(out var folder))
        {
            if (!folder.Entries.MoveNext())
            {
                open.Pop().Entries.Dispose();
                continue;
            }

            var entry = folder.Entries.Current;

            // It would be taken for a file of a folder that is not there. The git program refuses it with the fetch.
            if (entry.Name.Contains('/', StringComparison.Ordinal))
                throw new GitFailure($"an entry contains a full pathname: {entry.Name}");
            if (entry.Mode != Mode.Directory)
                Write(repository, entry, folder.Prefix + entry.Name, output);
            else if (open.Count < MostDepth)
                open.Push(($"{folder.Prefix}{entry.Name}/", ((Tree)entry.Target).GetEnumerator()));
            else
                throw new GitFailure($"there are more than {MostDepth} folders within each other");
        }

        return 0;
    }

    /// <summary><c>cat-file -e ID</c>, <c>cat-file blob ID</c>, and <c>cat-file --batch</c> with ids on its input.</summary>
    internal static int CatFile(GitArguments arguments, Stream input, Stream output)
    {
        using var at = RepositoryAt.Open(arguments);
        if (arguments.Has("-e"))
            return at.Repository.Lookup(arguments.Operands[0]) is null ? 1 : 0;
        if (arguments.Has("--batch"))
            return Batch(at.Repository, input, output);
        using var content = (at.Repository.Lookup<Blob>(arguments.Operands[1])
            ?? throw new GitFailure($"Not a valid object name {arguments.Operands[1]}")).GetContentStream();
        content.CopyTo(output);
        return 0;
    }

    /// <summary>One pack of everything in the place of the packs and loose objects that are there.</summary>
    internal static int Repack(GitArguments arguments)
    {
        using var at = RepositoryAt.Open(arguments);
        var packs = new DirectoryInfo(Path.Combine(at.Repository.Info.Path, "objects", "pack"));
        var before = packs.GetFiles("*.*");
        at.Repository.ObjectDatabase.Pack(new PackBuilderOptions(packs.FullName));
        var made = packs.GetFiles("*.pack").Select(file => Path.GetFileNameWithoutExtension(file.Name))
            .Except(before.Select(file => Path.GetFileNameWithoutExtension(file.Name)), StringComparer.Ordinal).ToList();

        // An equal pack was there already: then it is the only one that is needed, and which one it is cannot be told.
        if (made.Count == 1)
            Array.ForEach(before, file => file.Delete());
        return 0;
    }

    private static int? Number(GitArguments arguments, string option) =>
        arguments.Options.FirstOrDefault(given => given.StartsWith(option, StringComparison.Ordinal)) is { } found
            && int.TryParse(found[option.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static Commit Commit(Repository repository, string id) =>
        repository.Lookup<Commit>(id) ?? throw new GitFailure($"Not a valid commit name {id}");

    private static void Write(Repository repository, TreeEntry entry, string path, Stream output)
    {
        var (type, size) = entry.Mode == Mode.GitLink
            ? ("commit", "-")
            : ("blob", repository.ObjectDatabase.RetrieveObjectMetadata(entry.Target.Id) is { } found
                ? found.Size.ToString(CultureInfo.InvariantCulture)
                : "BAD");
        output.WriteText($"{Convert.ToString((int)entry.Mode, 8).PadLeft(6, '0')} {type} {Id(entry)} {size}\t");
        output.WritePath(path);
    }

    /// <summary>The commit of a submodule is in no object database that is here.</summary>
    private static string Id(TreeEntry entry) => entry.Mode == Mode.GitLink ? ((GitLink)entry.Target).Sha : entry.Target.Sha;

    private static int Batch(Repository repository, Stream input, Stream output)
    {
        using var lines = new StreamReader(input);
        while (lines.ReadLine() is { Length: > 0 } id)
        {
            switch (repository.Lookup(id))
            {
                case Blob blob:
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id} blob {blob.Size}"));
                    using (var content = blob.GetContentStream())
                        content.CopyTo(output);
                    output.WriteLine("");
                    break;
                case Commit commit:
                    var text = CommitText.Of(repository, commit);
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id} commit {text.Length}"));
                    output.Write(text);
                    output.WriteLine("");
                    break;
                default:
                    output.WriteLine($"{id} missing");
                    break;
            }
        }

        return 0;
    }
}
