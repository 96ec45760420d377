using ModelOps.Cli.Output;
using ModelOps.Reconciler.Status;

namespace ModelOps.Cli.Tests.Output;

/// <summary>The work on a model as people read it.</summary>
public class OperationTextTests
{
    private static readonly DateTimeOffset s_now = new(2030, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_download_tells_how_far_it_is_how_fast_it_goes_and_what_is_left() =>
        Assert.Equal("fetching, 1.2 GB of 4 GB, 35 MB/s, 1m20s left", OperationText.Of(
            At(ModelPhase.Fetching) with { Transfer = new TransferStatus(1_200_000_000, 4_000_000_000, 35_000_000, 80) }));

    [Fact]
    public void A_download_of_which_nothing_comes_says_so() =>
        Assert.Equal("fetching, 1 MB of 4 MB, nothing comes", OperationText.Of(
            At(ModelPhase.Fetching) with { Transfer = new TransferStatus(1_000_000, 4_000_000, 0, null) }));

    [Fact]
    public void The_whole_tells_since_when_and_for_what() =>
        Assert.Equal(
            "building; begun 5 minutes ago for revision 0123456789 (plan abcdefabcdef, step 7)",
            OperationText.Whole(At(ModelPhase.Building), s_now));

    private static OperationStatus At(ModelPhase phase) =>
        new(phase, s_now, s_now.AddMinutes(-5), "0123456789abcdef", "abcdefabcdef", 7);
}
