using System.Net;
using ModelOps.ModelStore.Registry;

namespace ModelOps.ModelStore.Tests.Registry;

public class EnvironmentProxyTests
{
    private static readonly Uri s_proxy = new("http://proxy.example:3128");

    [Theory]
    [InlineData("http://127.0.0.1:11434/")]
    [InlineData("http://127.8.9.10/")]
    [InlineData("https://[::1]:5000/v2/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://localhost:5000/")]
    [InlineData("http://LOCALHOST./")]
    [InlineData("http://registry.localhost/")]
    [InlineData("http://0.0.0.0:1/")]
    public void This_machine_is_asked_directly_whatever_the_environment_says(string address) => Assert.Null(Ask(address, noProxy: ""));

    [Theory]
    [InlineData("http://example.org/")]
    [InlineData("http://128.0.0.1/")]
    [InlineData("http://localhost.example.org/")]
    [InlineData("http://notlocalhost/")]
    [InlineData("https://[2001:db8::1]/")]
    public void Others_are_asked_through_the_proxy(string address) => Assert.Equal(s_proxy, Ask(address, noProxy: ""));

    [Theory]
    [InlineData("*", "http://anything.example/", true)]
    [InlineData("example.org", "http://example.org/", true)]
    [InlineData("example.org", "http://a.b.EXAMPLE.org/", true)]
    [InlineData("example.org", "http://notexample.org/", false)]
    [InlineData(".example.org", "http://a.example.org/", true)]
    [InlineData(".example.org", "http://example.org/", false)]
    [InlineData("*.example.org", "http://a.example.org/", true)]
    [InlineData("example.org:8080", "http://example.org:8080/", true)]
    [InlineData("example.org:8080", "http://example.org/", false)]
    [InlineData("a.example, b.example ,c.example", "http://b.example/", true)]
    [InlineData("a.example b.example", "http://b.example/", true)]
    [InlineData("10.1.2.3", "http://10.1.2.3/", true)]
    [InlineData("10.1.2.3", "http://10.1.2.30/", false)]
    [InlineData("10.0.0.0/8", "http://10.200.1.1/", true)]
    [InlineData("10.20.0.0/12", "http://10.32.0.1/", false)]
    [InlineData("10.1.2.3/8", "http://10.200.1.1/", true)]
    [InlineData("10.0.0.0/99", "http://10.0.0.1/", false)]
    [InlineData("2001:db8::/32", "http://[2001:db8:1::7]/", true)]
    [InlineData("2001:db8::1", "http://[2001:db8::1]/", true)]
    [InlineData("[2001:db8::1]:81", "http://[2001:db8::1]/", false)]
    [InlineData(",,", "http://example.org/", false)]
    public void A_list_of_exceptions_is_read_as_others_read_it(string noProxy, string address, bool direct) =>
        Assert.Equal(direct ? null : s_proxy, Ask(address, noProxy));

    [Fact]
    public void The_lower_case_list_is_in_force_when_it_says_something()
    {
        Assert.True(Of(("no_proxy", "a.example"), ("NO_PROXY", "b.example")).IsBypassed(new Uri("http://a.example/")));
        Assert.True(Of(("no_proxy", ""), ("NO_PROXY", "b.example")).IsBypassed(new Uri("http://b.example/")));
    }

    private static Uri? Ask(string address, string noProxy) =>
        new EnvironmentProxy(new WebProxy(s_proxy), noProxy).GetProxy(new Uri(address));

    private static EnvironmentProxy Of(params (string Name, string Value)[] variables) =>
        EnvironmentProxy.Of(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
