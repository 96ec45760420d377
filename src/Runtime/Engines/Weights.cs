using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Engines;

/// <summary>One set of weights in memory, shared by every context on it.</summary>
internal sealed unsafe class Weights : IDisposable
{
    private Weights(WeightsHandle handle, BufferReport buffers)
    {
        Handle = handle;
        Buffers = buffers;
        Vocabulary = new Vocabulary(handle);
    }

    internal WeightsHandle Handle { get; }

    internal Vocabulary Vocabulary { get; }

    /// <summary>What the engine allocated for the tensors.</summary>
    internal BufferReport Buffers { get; }

    internal string Architecture => Metadata("general.architecture");

    /// <exception cref="EngineFailedException">The file cannot be read, or loading was aborted by the engine.</exception>
    /// <exception cref="OperationCanceledException">The token fired while loading.</exception>
    internal static Weights Load(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(profile.Weights))
            throw new EngineFailedException($"The weights {profile.Weights} do not exist.");

        var settings = LlamaNative.llama_model_default_params();
        settings.GpuLayers = profile.GpuLayers;
        settings.LoadMode = profile.UseMmap switch { true => 1, false => 0, null => -1 };
        if (profile.MainGpu is { } gpu)
            (settings.SplitMode, settings.MainGpu) = (0, gpu);

        var watch = GCHandle.Alloc(new LoadWatch(progress, cancellationToken));
        try
        {
            settings.ProgressCallback = (nint)(delegate* unmanaged[Cdecl]<float, void*, byte>)&OnProgress;
            settings.ProgressCallbackData = GCHandle.ToIntPtr(watch);
            var handle = NativeLog.Collect(() => LlamaNative.llama_model_load_from_file(profile.Weights, settings), out var lines);
            if (!handle.IsInvalid)
                return new Weights(handle, BufferReport.Parse(lines));

            handle.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new EngineFailedException($"The weights {profile.Weights} cannot be loaded: {Reason(lines)}");
        }
        finally
        {
            watch.Free();
        }
    }

    /// <summary>A scalar of the file's metadata as text; empty when it is missing.</summary>
    internal string Metadata(string key)
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* target = buffer)
        {
            var length = LlamaNative.llama_model_meta_val_str(Handle, key, target, (nuint)buffer.Length);
            return length <= 0 ? "" : System.Text.Encoding.UTF8.GetString(buffer[..Math.Min(length, buffer.Length - 1)]);
        }
    }

    public void Dispose() => Handle.Dispose();

    internal static string Reason(IReadOnlyList<string> lines) =>
        NativeLog.LastError(lines) is { Length: > 0 } error ? error : "the engine gave no reason.";

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte OnProgress(float share, void* data)
    {
#pragma warning disable CA1031 // Nothing may escape into native code.
        try
        {
            var watch = (LoadWatch)GCHandle.FromIntPtr((nint)data).Target!;
            watch.Progress?.Report(share);
            return watch.CancellationToken.IsCancellationRequested ? (byte)0 : (byte)1;
        }
        catch
        {
            return 0;
        }
#pragma warning restore CA1031
    }

    private sealed record LoadWatch(IProgress<float>? Progress, CancellationToken CancellationToken);
}
