using System.Diagnostics;
using System.Net.Sockets;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Tests.Native;

public sealed class RegularFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-file-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 10_000)]
    public async Task A_pipe_nobody_writes_to_is_refused_at_once()
    {
        var path = Pipe("fifo");
        var error = await Assert.ThrowsAsync<IOException>(
            () => Task.Run(() => RegularFile.OpenRead(path), TestContext.Current.CancellationToken));
        Assert.Equal($"{path} is a named pipe; only regular files are read", error.Message);
    }

    [Fact]
    public void A_device_a_socket_and_a_folder_are_named_for_what_they_are()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "s")));
        Assert.Equal("a device", RegularFile.OtherKindOf("/dev/zero"));
        Assert.Equal("a socket", RegularFile.OtherKindOf(Path.Combine(_folder, "s")));
        Assert.Equal("a folder", RegularFile.OtherKindOf(_folder));
        Assert.Null(RegularFile.OtherKindOf(Path.Combine(_folder, "nothing")));
        Assert.Throws<IOException>(() => RegularFile.ReadAllBytes("/dev/zero"));
        Assert.Throws<IOException>(() => RegularFile.ReadAllBytes(_folder));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(4095), InlineData(4096), InlineData(4097), InlineData(100_000)]
    public void A_file_is_read_whole_whatever_its_length(int length)
    {
        var path = Path.Combine(_folder, "file");
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);

        Assert.Equal(bytes, RegularFile.ReadAllBytes(path));
        Assert.Equal(bytes, RegularFile.ReadAllBytes(path, limit: Math.Max(1, length)));
        if (length > 1)
            Assert.Throws<IOException>(() => RegularFile.ReadAllBytes(path, limit: length - 1));
    }

    [Fact]
    public void A_file_that_does_not_say_how_long_it_is_is_read_whole() =>
        Assert.Equal(File.ReadAllText("/proc/self/limits"), System.Text.Encoding.UTF8.GetString(RegularFile.ReadAllBytes("/proc/self/limits")));

    [Fact]
    public void Reading_a_small_file_takes_little_memory()
    {
        var path = Path.Combine(_folder, "file");
        File.WriteAllBytes(path, new byte[500]);
        RegularFile.ReadAllBytes(path);
        var before = GC.GetAllocatedBytesForCurrentThread();

        RegularFile.ReadAllBytes(path);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 500, 8_000);
    }

    [Fact]
    public void A_link_to_a_pipe_is_a_pipe_and_a_link_to_a_file_is_that_file()
    {
        var link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, Pipe("fifo"));
        Assert.Equal("a named pipe", RegularFile.OtherKindOf(link));

        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "text");
        File.CreateSymbolicLink(link + "2", file);
        Assert.Equal("text"u8.ToArray(), RegularFile.ReadAllBytes(link + "2"));
    }

    [Fact]
    public void A_text_without_end_is_not_read_to_its_end()
    {
        var path = Path.Combine(_folder, "large");
        File.WriteAllBytes(path, new byte[3 << 20]);
        Assert.Contains(
            "more than the 1 MiB", Assert.Throws<IOException>(() => RegularFile.ReadAllBytes(path, 1 << 20)).Message,
            StringComparison.Ordinal);
        Assert.Equal(3 << 20, RegularFile.ReadAllBytes(path).Length);
    }

    [Fact]
    public void What_is_missing_or_forbidden_fails_as_ever() =>
        Assert.Throws<FileNotFoundException>(() => RegularFile.Open(Path.Combine(_folder, "nothing")));

    private string Pipe(string name)
    {
        var path = Path.Combine(_folder, name);
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        return path;
    }
}
