using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Tests.Output;

public class SourceTextTests
{
    private static readonly DateTimeOffset s_now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_source_that_does_not_answer_is_told_with_what_happens_next_and_what_serves()
    {
        var source = new SourceStatus
        {
            Url = "ssh://git@h/x",
            Applied = "26e275c0000000000000000000000000000000aa",
            ErrorSince = s_now.AddMinutes(-4),
            LastSuccess = s_now.AddMinutes(-5),
            NextLook = s_now.AddSeconds(20),
        };

        Assert.Equal(
            "cannot connect to h:22: Connection refused; trying again in 20 s; 26e275c keeps serving (last answer 5 minutes ago)",
            SourceText.Error("cannot connect to h:22: Connection refused", source, revision => revision[..7], s_now));
        Assert.Equal(
            "no; trying again now; nothing is served yet (no answer yet, first tried 4 minutes ago)",
            SourceText.Error("no", source with { Applied = null, LastSuccess = null, NextLook = null }, revision => revision, s_now));
        Assert.Contains(
            "; trying again in 1h; ", SourceText.Error("no", source with { NextLook = s_now.AddHours(1) }, revision => revision, s_now),
            StringComparison.Ordinal);
        Assert.Equal("bad revision", SourceText.Error("bad revision", source with { ErrorSince = null }, revision => revision, s_now));
    }

    [Theory]
    [InlineData("main", "main", "u (branch main) (folder f)")]
    [InlineData(null, "HEAD", "u (folder f)")]
    [InlineData(null, "tag v1", "u (tag v1) (folder f)")]
    public void What_is_followed_stands_beside_the_address(string? branch, string reference, string shown) =>
        Assert.Equal(shown, SourceText.Place(new SourceStatus { Url = "u", Branch = branch, Reference = reference, Path = "f" }));
}
