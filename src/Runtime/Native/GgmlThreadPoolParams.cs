using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>Settings of a compute thread pool, laid out as in <c>ggml.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GgmlThreadPoolParams
{
    internal const int MaxThreads = 512;

    internal fixed byte CpuMask[MaxThreads];
    internal int Threads;
    internal int Priority;
    internal uint Poll;
    internal byte StrictCpu;
    internal byte Paused;
}
