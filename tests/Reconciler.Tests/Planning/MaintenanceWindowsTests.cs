using System.Globalization;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;

namespace ModelOps.Reconciler.Tests.Planning;

public class MaintenanceWindowsTests
{
    private static readonly MaintenanceWindow s_workdays = new(WindowKind.Deny, "0 8 * * MON-FRI", TimeSpan.FromHours(10));
    private static readonly MaintenanceWindow s_nights = new(WindowKind.Allow, "0 22 * * *", TimeSpan.FromHours(4));

    [Theory]
    [InlineData("2026-11-30T07:59:59Z", null)]
    [InlineData("2026-11-30T08:00:00Z", "2026-11-30T18:00:00Z")]
    [InlineData("2026-11-30T17:59:59Z", "2026-11-30T18:00:00Z")]
    [InlineData("2026-11-30T18:00:00Z", null)]
    [InlineData("2026-11-29T12:00:00Z", null)]
    public void A_window_that_denies_lasts_from_its_minute_to_its_end(string now, string? opens) =>
        Assert.Equal(opens is null ? null : Time(opens), MaintenanceWindows.Closed([s_workdays], Time(now))?.Opens);

    [Theory]
    [InlineData("2026-11-30T23:00:00Z", null)]
    [InlineData("2026-11-30T01:00:00Z", null)] // Begun the day before.
    [InlineData("2026-11-30T12:00:00Z", "2026-11-30T22:00:00Z")]
    public void Where_windows_allow_changes_are_made_in_them_only(string now, string? opens) =>
        Assert.Equal(opens is null ? null : Time(opens), MaintenanceWindows.Closed([s_nights], Time(now))?.Opens);

    [Fact]
    public void A_window_that_denies_wins()
    {
        var late = new MaintenanceWindow(WindowKind.Deny, "0 22 30 11 *", TimeSpan.FromHours(1));

        Assert.Equal(Time("2026-11-30T23:00:00Z"), MaintenanceWindows.Closed([s_nights, late], Time("2026-11-30T22:30:00Z"))?.Opens);
    }

    [Fact]
    public void A_schedule_goes_by_the_clock_of_its_zone_in_summer_and_in_winter()
    {
        var berlin = s_workdays with { TimeZone = "Europe/Berlin" };

        Assert.Equal(Time("2026-11-30T17:00:00Z"), MaintenanceWindows.Closed([berlin], Time("2026-11-30T07:00:00Z"))?.Opens);
        Assert.Equal(Time("2026-07-01T16:00:00Z"), MaintenanceWindows.Closed([berlin], Time("2026-07-01T06:00:00Z"))?.Opens);
        Assert.Null(MaintenanceWindows.Closed([berlin], Time("2026-11-30T06:59:00Z")));
    }

    [Fact]
    public void Every_window_that_denies_must_let_persons_through()
    {
        var lenient = s_workdays with { Manual = WindowKind.Allow };
        var noon = Time("2026-11-30T12:00:00Z");

        Assert.True(MaintenanceWindows.Closed([lenient], noon)!.AllowsManual);
        Assert.False(MaintenanceWindows.Closed([lenient, s_workdays], noon)!.AllowsManual);
        Assert.True(MaintenanceWindows.Closed([s_nights with { Manual = WindowKind.Allow }], noon)!.AllowsManual);
        Assert.Contains("'modelops sync'", MaintenanceWindows.Closed([lenient], noon)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_that_never_open_say_so()
    {
        var never = new MaintenanceWindow(WindowKind.Allow, "0 0 31 2 *", TimeSpan.FromHours(1));

        var closed = MaintenanceWindows.Closed([never], Time("2026-11-30T12:00:00Z"))!;

        Assert.Null(closed.Opens);
        Assert.Contains("in the next 8 days", closed.Message, StringComparison.Ordinal);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
