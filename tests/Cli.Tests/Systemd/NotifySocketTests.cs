using System.Net.Sockets;
using System.Text;
using ModelOps.Cli.Systemd;

namespace ModelOps.Cli.Tests.Systemd;

public sealed class NotifySocketTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notify").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_message_is_one_datagram_of_lines()
    {
        var path = Path.Combine(_folder, "socket");
        using var receiver = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        receiver.Bind(new UnixDomainSocketEndPoint(path));
        using var socket = new NotifySocket(path);
        socket.Send("READY=1", "STATUS=ä");
        var bytes = new byte[100];
        Assert.Equal("READY=1\nSTATUS=ä", Encoding.UTF8.GetString(bytes, 0, receiver.Receive(bytes)));
    }

    [Fact]
    public void A_socket_that_nobody_reads_is_an_error()
    {
        using var socket = new NotifySocket(Path.Combine(_folder, "nobody"));
        Assert.ThrowsAny<SocketException>(() => socket.Send("READY=1"));
    }

    [Theory]
    [InlineData("@")]
    [InlineData("/")]
    [InlineData("relative/socket")]
    [InlineData("vsock:2:1234")]
    public void Another_kind_of_address_is_refused(string name) => Assert.Throws<FormatException>(() => new NotifySocket(name));

    [Fact]
    public void A_path_that_no_socket_can_have_is_refused() =>
        Assert.Throws<FormatException>(() => new NotifySocket("/" + new string('a', 200)));
}
