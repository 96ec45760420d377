using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

/// <summary>libgit2 reads what others send, in native code: it stays in a process that can be killed.</summary>
public class BuiltInGitTests
{
    private static readonly string s_room = RepoRoot.Combine("src", "Cli", "BuiltInGit") + Path.DirectorySeparatorChar;

    [Fact]
    public void Only_the_room_of_the_built_in_git_knows_libgit2()
    {
        Assert.NotEmpty(Source.Uses(Room(), ["LibGit2Sharp"]));
        Assert.Empty(
            Source.Uses(Source.Files().Where(file => !file.StartsWith(s_room, StringComparison.Ordinal)), ["LibGit2Sharp", "libgit2"]));
    }

    [Fact]
    public void Only_the_program_itself_enters_that_room()
    {
        var others = Source.Files().Where(file => !file.StartsWith(s_room, StringComparison.Ordinal));
        Assert.Equal(
            ["Program.cs"],
            Source.Uses(others, ["BuiltInGitProgram", "ModelOps.Cli.BuiltInGit"]).Select(use => Path.GetFileName(use.Split(':')[0])).Distinct());
    }

    [Fact]
    public void What_a_native_build_answers_with_nothing_is_not_asked() =>
        Assert.DoesNotContain(
            Room().SelectMany(File.ReadLines), line => s_empty.Any(member => line.Contains(member, StringComparison.Ordinal)));

    // They come back empty, without an error, from a native build; Network.Fetch throws there.
    private static readonly string[] s_empty =
    [
        "ExtractSignature", ".Discover(", "GetConfigSearchPaths", ".Describe(", "UpstreamBranch", "TrackedBranch", "Network.Fetch(",
        ".RemoteName", "PrettifyMessage",
    ];

    private static IEnumerable<string> Room() => Source.Files().Where(file => file.StartsWith(s_room, StringComparison.Ordinal));
}
