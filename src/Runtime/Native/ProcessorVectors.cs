using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Native;

/// <summary>What this machine's processor can compute with.</summary>
/// <remarks>
/// The runtime's own answers (<c>Avx2.IsSupported</c>) are constants of the machine that a native build is made for. So the processor is
/// asked, and the system whether it saves the registers: it may have been told not to.
/// </remarks>
internal static partial class ProcessorVectors
{
    private const int SavesState = 1 << 27;
    private const int Avx = (1 << 28) | (1 << 12) | (1 << 29);
    private const int Bmi2 = 1 << 8;
    private const int Avx2 = 1 << 5;
    private const int Avx512 = (1 << 16) | (1 << 17) | (1 << 28) | (1 << 30) | (1 << 31);

    /// <summary>Bytes of saved state with registers of 256 bits in it, in the layout that all processors have.</summary>
    private const int StateWithAvx = 832;

    private const ulong AvxState = 1 << 2;
    private const ulong Avx512State = 0b111 << 5;

    /// <summary>Answers of the processor: what its instruction of that name leaves in EAX, EBX, ECX and EDX.</summary>
    internal delegate (int Eax, int Ebx, int Ecx, int Edx) CpuId(int leaf, int part);

    /// <summary>The widest that it has and that the system saves.</summary>
    internal static VectorLevel Level { get; } = X86Base.IsSupported ? LevelOf(X86Base.CpuId, Saved()) : VectorLevel.Basic;

    /// <summary>Tiles for matrices of small whole numbers (AMX), which the system saves.</summary>
    /// <remarks>Only Linux is asked: libraries for other systems that use them are not there.</remarks>
    internal static bool HasTiles { get; } = X86Base.IsSupported && OperatingSystem.IsLinux() && HasFlag(Beginning(), "amx_int8");

    /// <summary>What the system calls it; empty where it does not say.</summary>
    internal static string Name { get; } = NameIn(Beginning() ?? "");

    /// <summary>The widest of both.</summary>
    /// <param name="ask">The processor.</param>
    /// <param name="saved">What the system saves; null when it does not say.</param>
    internal static VectorLevel LevelOf(CpuId ask, VectorLevel? saved)
    {
        var most = ask(0, 0).Eax;
        var basic = ask(1, 0).Ecx;
        if (most < 13 || !Has(basic, SavesState | Avx))
            return VectorLevel.Basic;

        var extended = ask(7, 0).Ebx;
        var level = !Has(extended, Bmi2) ? VectorLevel.Basic
            : !Has(extended, Avx2) ? VectorLevel.Avx
            : !Has(extended, Avx512) ? VectorLevel.Avx2
            : VectorLevel.Avx512;

        // The processor tells how many bytes the system has it save, which is not enough to be sure of the widest registers.
        saved ??= ask(13, 0).Ebx >= StateWithAvx ? VectorLevel.Avx2 : VectorLevel.Basic;
        return (VectorLevel)Math.Min((int)level, (int)saved);
    }

    /// <summary>Linux lists an instruction set only where it saves what it needs.</summary>
    /// <param name="list">Text of <c>/proc/cpuinfo</c>, or its beginning.</param>
    internal static VectorLevel? SavedBy(string list)
    {
        var flags = FlagsOf(list);
        return flags is null ? null
            : flags.Contains("avx512f") ? VectorLevel.Avx512
            : flags.Contains("avx") ? VectorLevel.Avx2
            : VectorLevel.Basic;
    }

    /// <summary>Whether the first processor of the list has something.</summary>
    internal static bool HasFlag(string? list, string flag) => list is not null && FlagsOf(list)?.Contains(flag) == true;

    /// <summary>The name of the first processor of the list.</summary>
    internal static string NameIn(string list) =>
        list.Split('\n').FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim() ?? "";

    private static string[]? FlagsOf(string list) =>
        list.Split('\n').FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))?.Split(' ');

    private static VectorLevel? Saved()
    {
        if (OperatingSystem.IsWindows())
        {
            var state = GetEnabledXStateFeatures();
            return (state & Avx512State) == Avx512State ? VectorLevel.Avx512
                : (state & AvxState) != 0 ? VectorLevel.Avx2
                : VectorLevel.Basic;
        }

        return Beginning() is { } list ? SavedBy(list) : null;
    }

    /// <summary>Of <c>/proc/cpuinfo</c>; null where there is none.</summary>
    private static string? Beginning()
    {
        try
        {
            // The first processor is enough; the list of all can take long.
            using var list = new FileStream("/proc/cpuinfo", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var beginning = new byte[8192];
            return System.Text.Encoding.ASCII.GetString(beginning, 0, list.ReadAtLeast(beginning, beginning.Length, false));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Has(int register, int bits) => (register & bits) == bits;

    [LibraryImport("kernel32")]
    private static partial ulong GetEnabledXStateFeatures();
}
