using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>
/// Random commits, faults, commands, clock jumps and restarts: the status is true after every pass, what a gate or a canary refuses is not
/// tried again, what is not ours is left alone, and in the end git's last word is served. The courses are the same each time, but where
/// <c>MODELOPS_FUZZ_MINUTES</c> gives time for others.
/// </summary>
public class RandomCourseTests(ITestOutputHelper output)
{
    private const int Longest = 150;
    private const int AtOnce = 10;

    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan s_forShrinking = TimeSpan.FromMinutes(2);

    [Fact, Trait("Category", "Fuzz")]
    public void Whatever_happens_the_daemon_ends_where_git_wants_it()
    {
        var (clock, limit, courses) = (Stopwatch.StartNew(), FuzzTime.Of(s_moment), 0);
        var (hasFailed, isRandom) = (false, FuzzTime.Of(TimeSpan.Zero) > TimeSpan.Zero);
        var (steps, judged) = (RandomCourse.Steps, StatusTruth.Judged);
        while (clock.Elapsed <= limit)
        {
            var config = Config.QuickThrowOnFailure.WithMaxTest(AtOnce).WithStartSize(Longest).WithEndSize(Longest);
            Check.One(
                isRandom ? config : config.WithReplay((ulong)courses, 1),
                Prop.ForAll<byte[]>(bytes => clock.Elapsed > limit || Goes(bytes)));
        }

        output.WriteLine($"{courses} courses, {RandomCourse.Steps - steps} steps, {StatusTruth.Judged - judged} judgements of a status");

        bool Goes(byte[] bytes)
        {
            courses++;
            try
            {
                Go(bytes);
                return true;
            }
            catch when (!hasFailed)
            {
                (hasFailed, limit) = (true, clock.Elapsed + s_forShrinking);
                throw;
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(
        "45526b76b8b973b0cea5f7bd0b79fb5ef02e77bd18f8b3ffad1ea43792fa79293e0d91d27596f3f83bcb47a3aa3e2340417e"
        + "cfd79da3aa70dec4084f5b9e65d25bb52778e6e1854f2f83d018927145da5179")]
    [InlineData(
        "d17b972707a74c4efa609663936986b7905aad6b734f0387674e837fa95f22101aebb0697800400d9b2fd0fc8c543e48afef"
        + "276a898e7d86a36aa68cfe544846909b31715c9c47")]
    [InlineData(
        "fb11c2ea4e3a609b405f15c854af6b3c79e6258b0873d3d6b58d3c14448cc980124029186924a3ebab442deaa7e9ea19a29aeeff1354e324")]
    public void These_do(string bytes) => Go(Convert.FromHexString(bytes));

    private static void Go(byte[] bytes) => Task.Run(async () =>
    {
        await using var course = new RandomCourse(bytes);
        await course.RunAsync();
    }).GetAwaiter().GetResult();
}
