using System.Globalization;
using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Tests.Times;

public class CronScheduleTests
{
    [Theory]
    [InlineData("0 8 * * MON-FRI", "2026-11-30T08:00", true)]
    [InlineData("0 8 * * MON-FRI", "2026-11-30T08:01", false)]
    [InlineData("0 8 * * MON-FRI", "2026-11-29T08:00", false)]
    [InlineData("*/15 * * * *", "2026-11-29T03:45", true)]
    [InlineData("*/15 * * * *", "2026-11-29T03:50", false)]
    [InlineData("5/20 * * * *", "2026-11-29T03:45", true)]
    [InlineData("0 0 1,15 jan-jun *", "2026-06-15T00:00", true)]
    [InlineData("0 0 1,15 jan-jun *", "2026-07-15T00:00", false)]
    [InlineData("0 0 * * 7", "2026-11-29T00:00", true)]
    [InlineData("0 0 * * 0", "2026-11-29T00:00", true)]
    [InlineData("0 0 13 * FRI", "2026-11-27T00:00", true)] // Both days are limited: one of them is enough.
    [InlineData("0 0 13 * FRI", "2026-12-13T00:00", true)]
    [InlineData("0 0 13 * FRI", "2026-12-14T00:00", false)]
    public void A_schedule_names_the_minutes_that_cron_would(string text, string minute, bool isNamed) =>
        Assert.Equal(isNamed, CronSchedule.Parse(text).Names(DateTime.Parse(minute, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("-1 * * * *")]
    [InlineData("1- * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("9-1 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("*/99 * * * *")]
    [InlineData("1/2/3 * * * *")]
    [InlineData(", * * * *")]
    [InlineData("* * * MONDAY *")]
    [InlineData("99999999999999999999 * * * *")]
    public void What_is_no_schedule_is_refused(string text) => Assert.NotNull(CronSchedule.ProblemOf(text));
}
