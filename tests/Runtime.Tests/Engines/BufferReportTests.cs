using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Tests.Engines;

/// <summary>Where the engine says that its buffers lie.</summary>
public class BufferReportTests
{
    [Theory]
    [InlineData("CPU", 0)]
    [InlineData("CPU_Mapped", 0)]
    [InlineData("CPU_REPACK", 0)]
    [InlineData("AMX", 0)]
    [InlineData("CUDA_Host", 0)]
    [InlineData("CUDA0", 2 << 20)]
    [InlineData("Vulkan1", 2 << 20)]
    public void Only_buffers_of_a_gpu_count_as_its_memory(string device, long gpu) =>
        Assert.Equal(
            new BufferReport(2 << 20, 0, 0, gpu)
            {
                Repacked = device == "CPU_REPACK" ? 2 << 20 : 0,
                Private = device is "CPU" or "CPU_Mapped" or "CPU_REPACK" ? 0 : 2 << 20,
            },
            BufferReport.Parse([$"load_tensors: {device} model buffer size =     2.00 MiB"]));
}
