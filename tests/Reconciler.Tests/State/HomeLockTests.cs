using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.State;

public sealed class HomeLockTests
{
    [Fact]
    public void A_second_daemon_on_the_same_home_is_told_who_holds_it()
    {
        using var home = new TemporaryFolder();
        using var first = HomeLock.Acquire(home.Path, 4711);

        var error = Assert.Throws<StateException>(() => HomeLock.Acquire(home.Path, 4712));

        Assert.Contains("held by process 4711", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_that_was_let_go_can_be_taken()
    {
        using var home = new TemporaryFolder();
        HomeLock.Acquire(home.Path, 1).Dispose();

        using var second = HomeLock.Acquire(home.Path, 2);

        Assert.Equal("2\n", File.ReadAllText(home.Combine("lock.pid")));
    }
}
