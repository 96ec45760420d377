using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Workers;

namespace ModelOps.Runtime.Tests.Workers;

public class WorkerProgramTests
{
    private static readonly EngineOptions s_engine = new() { Processors = 3, NativeFolder = "/opt/llama" };

    [Fact]
    public void An_executable_starts_itself_with_the_verb()
    {
        var options = WorkerProgram.Of("/opt/modelops/modelops", "/opt/modelops/modelops.dll", "/tmp/", s_engine);

        Assert.Equal("/opt/modelops/modelops", options.FileName);
        Assert.Equal(["worker"], options.Arguments);
        Assert.Equal(3, options.Processors);
        Assert.Equal("/opt/llama", options.NativeFolder);
    }

    [Fact]
    public void Under_the_dotnet_host_the_dll_comes_first()
    {
        var options = WorkerProgram.Of("/usr/bin/dotnet", "/opt/modelops/modelops.dll", "/tmp/", s_engine);

        Assert.Equal(["/opt/modelops/modelops.dll", "worker"], options.Arguments);
    }

    [Fact]
    public void A_folder_too_long_for_a_socket_is_not_used()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sockets have no such limit on Windows");

        Assert.Equal("/tmp", WorkerProgram.Of("/bin/modelops", "", "/" + new string('x', 100), s_engine).SocketFolder);
    }
}
