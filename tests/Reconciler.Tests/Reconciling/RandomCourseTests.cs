using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>
/// Random commits, faults, commands, clock jumps and restarts: the status is true after every pass, what a gate refuses never serves, and in
/// the end git's last word is served.
/// </summary>
public class RandomCourseTests
{
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(15);

    [Fact, Trait("Category", "Fuzz")]
    public void Whatever_happens_the_daemon_ends_where_git_wants_it()
    {
        var (clock, limit) = (Stopwatch.StartNew(), FuzzTime.Of(s_moment));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1_000_000).WithStartSize(10).WithEndSize(60),
            Prop.ForAll<byte[]>(bytes => clock.Elapsed > limit || Goes(bytes)));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 6, 1, 1, 1, 1, 1, 0, 4, 0, 0, 6, 1, 1, 0, 0, 10, 0, 4, 0, 13, 0 })]
    public void These_do(byte[] bytes) => Assert.True(Goes(bytes));

    private static bool Goes(byte[] bytes)
    {
        Task.Run(async () =>
        {
            await using var course = new RandomCourse(bytes);
            await course.RunAsync();
        }).GetAwaiter().GetResult();
        return true;
    }
}
