using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Tests.Sources;

public sealed class TreeRulesTests
{
    [Theory]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData(".git/config")]
    [InlineData("a/.GIT/hooks")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public void A_path_that_could_leave_the_repository_is_RP1003_and_not_listed(string path)
    {
        var rules = new TreeRules("", new SourceLimits());

        rules.AddFile(new RevisionFile(path, "id", 1));

        Assert.Equal("RP1003", Assert.Single(rules.Problems).Code);
        Assert.Empty(rules.Files);
    }

    [Fact]
    public void A_name_that_is_not_text_is_RP1003()
    {
        var rules = new TreeRules("", new SourceLimits());

        rules.AddUnreadableName("caf\u00e9");

        Assert.Equal("RP1003", Assert.Single(rules.Problems).Code);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    public void More_files_than_allowed_is_RP1006_told_once(int files, int problems)
    {
        var rules = new TreeRules("", new SourceLimits { Files = 3 });
        for (var index = 0; index < files + problems; index++)
            rules.AddFile(new RevisionFile($"f{index}", "id", 1));

        Assert.Equal(problems, rules.Problems.Count(problem => problem.Code == "RP1006"));
        Assert.Equal(3, rules.Files.Count);
    }

    [Theory]
    [InlineData(1023, true)]
    [InlineData(1025, false)]
    public void A_path_of_the_longest_length_is_taken_and_a_longer_one_is_not(int length, bool taken)
    {
        var rules = new TreeRules("", new SourceLimits());

        rules.AddFile(new RevisionFile(new string('a', length), "id", 1));

        Assert.Equal(taken, rules.Problems.IsEmpty);
    }
}
