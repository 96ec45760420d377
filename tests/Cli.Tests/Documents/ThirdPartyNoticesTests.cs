using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Documents;

public class ThirdPartyNoticesTests
{
    [Fact]
    public void The_notices_name_what_is_shipped() =>
        Golden.MatchesDocument("THIRD-PARTY-NOTICES.md", ThirdPartyNotices.Text());

    [Fact]
    public void Every_work_has_a_license_with_its_text()
    {
        var rows = ThirdPartyNotices.Text().Split('\n').Where(line => line.StartsWith("| [", StringComparison.Ordinal)).ToArray();
        Assert.InRange(rows.Length, 20, 100);
        Assert.All(rows, row => Assert.NotEqual("", row.Split('|')[3].Trim()));
        Assert.All(rows, row => Assert.NotEqual("", row.Split('|')[4].Trim()));
    }
}
