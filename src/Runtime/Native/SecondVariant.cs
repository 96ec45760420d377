using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>
/// Another variant of the code for the processor, beside the one that the engine chose when it was loaded: a context can compute each of
/// its steps with either, since both know the same operations and lay out tensors alike.
/// </summary>
/// <remarks>
/// The engine's C interface gives a process one code for its processor. What is done here rests on <c>ggml-backend-impl.h</c>, which other
/// libraries that compute are built against too, and is only done where both variants lay out their objects as it says: the device has a
/// function that makes a backend, here its sixth, and a backend holds an identifier, its functions, its device and its state. The last
/// function that those for processors have is the one that computes a graph.
/// </remarks>
internal sealed unsafe class SecondVariant
{
    private const int CpuDevice = 0;
    private const int MakeBackend = 5;
    private const int MostFunctions = 24;
    private const int IdentifierBytes = 16;

    private static delegate* unmanaged[Cdecl]<nint, byte*, nint> s_make;

    /// <summary>What computes with the second variant; a process has one.</summary>
    private static RepackedWeights? s_weights;

    /// <summary>The backend that this thread made last.</summary>
    [ThreadStatic]
    private static nint t_made;

    private readonly int _place;
    private readonly nint _newPool;
    private readonly nint _freePool;

    private SecondVariant(string name, int place, nint newPool, nint freePool) =>
        (Name, _place, _newPool, _freePool) = (name, place, newPool, freePool);

    /// <summary>Its name.</summary>
    internal string Name { get; }

    /// <summary>Loads a variant beside the one that is loaded.</summary>
    /// <param name="file">Its library.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Null when the processor cannot compute with it, or it does not fit the first: then there is one variant.</returns>
    internal static SecondVariant? TryLoad(string file, string name)
    {
        var first = GgmlBackendNative.ggml_backend_dev_by_type(CpuDevice);
        if (first.IsNull || !NativeLibrary.TryLoad(file, out var library) || ComputeBackends.ScoreOf(library) <= 0
            || !NativeLibrary.TryGetExport(library, "ggml_backend_cpu_reg", out var export))
        {
            return null;
        }

        var registration = ((delegate* unmanaged[Cdecl]<RegistrationPointer>)export)();
        var second = registration.IsNull ? default : GgmlBackendNative.ggml_backend_reg_dev_get(registration, 0);
        return second.IsNull || second == first || !HaveLikeThreads(first, registration) || !Hook(first)
            ? null
            : Match(first, second, registration, name);
    }

    /// <summary>Runs what makes a context, and says which backend it computes with; zero when none was made.</summary>
    internal static T Watch<T>(Func<T> make, out nint backend)
    {
        t_made = 0;
        var made = make();
        backend = t_made;
        return made;
    }

    /// <summary>Lets a backend compute with this variant, or with the first one again.</summary>
    /// <param name="backend">Of a context.</param>
    /// <param name="first">What computes with the first variant; read before.</param>
    /// <param name="isSecond">With this one.</param>
    internal void Use(nint backend, nint first, bool isSecond) =>
        ((nint*)backend)[_place] = isSecond ? (nint)(delegate* unmanaged[Cdecl]<nint, nint, int>)&Compute : first;

    /// <summary>What a backend computes with now.</summary>
    internal nint FunctionOf(nint backend) => ((nint*)backend)[_place];

    /// <summary>Threads of this variant.</summary>
    internal ThreadPoolHandle? NewPool(GgmlThreadPoolParams settings) => ThreadPoolHandle.Of(
        (delegate* unmanaged[Cdecl]<GgmlThreadPoolParams*, nint>)_newPool, (delegate* unmanaged[Cdecl]<nint, void>)_freePool, settings);

    /// <summary>Has the first device tell which backends it makes.</summary>
    private static bool Hook(DevicePointer device)
    {
        if (s_make != null)
            return true;
        var functions = (nint*)device.Address;
        var original = functions[MakeBackend];
        s_make = (delegate* unmanaged[Cdecl]<nint, byte*, nint>)original;
        functions[MakeBackend] = (nint)(delegate* unmanaged[Cdecl]<nint, byte*, nint>)&Make;
        t_made = 0;
        var backend = GgmlBackendNative.ggml_backend_dev_init(device, 0);
        var told = backend != 0 && t_made == backend;
        if (backend != 0)
            GgmlBackendNative.ggml_backend_free(backend);
        if (told)
            return true;
        functions[MakeBackend] = original;
        s_make = null;
        return false;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Make(nint device, byte* settings) => t_made = s_make(device, settings);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Compute(nint backend, nint graph) => s_weights!.Compute(backend, graph);

    private static SecondVariant? Match(DevicePointer first, DevicePointer second, RegistrationPointer registration, string name)
    {
        var (one, other) = (GgmlBackendNative.ggml_backend_dev_init(first, 0), GgmlBackendNative.ggml_backend_dev_init(second, 0));
        try
        {
            var place = one == 0 || other == 0 ? 0 : PlaceOfCompute((nint*)one, first.Address, (nint*)other, second.Address);
            var (newPool, freePool) = (AddressOf(registration, "ggml_threadpool_new"), AddressOf(registration, "ggml_threadpool_free"));
            if (place == 0 || newPool == 0 || freePool == 0)
                return null;
            s_weights = RepackedWeights.Between(first, second, ((nint*)other)[place]);
            return s_weights is null ? null : new(name, place, newPool, freePool);
        }
        finally
        {
            foreach (var backend in (nint[])[one, other])
            {
                if (backend != 0)
                    GgmlBackendNative.ggml_backend_free(backend);
            }
        }
    }

    /// <returns>Zero when the two are not laid out alike.</returns>
    private static int PlaceOfCompute(nint* one, nint device, nint* other, nint otherDevice)
    {
        if (!new ReadOnlySpan<byte>((void*)one[0], IdentifierBytes).SequenceEqual(new ReadOnlySpan<byte>((void*)other[0], IdentifierBytes)))
            return 0;
        var place = 0;
        for (var at = 1; at < MostFunctions; at++)
        {
            if (one[at] == device)
                return other[at] == otherDevice ? place : 0;
            if ((one[at] == 0) != (other[at] == 0))
                return 0;
            place = one[at] == 0 ? place : at;
        }

        return 0;
    }

    /// <summary>Code of the first variant waits for threads of the second: OpenMP's know nothing of the engine's own.</summary>
    private static bool HaveLikeThreads(DevicePointer first, RegistrationPointer second) =>
        UsesOpenMp(GgmlBackendNative.ggml_backend_dev_backend_reg(first)) == UsesOpenMp(second);

    private static bool UsesOpenMp(RegistrationPointer registration)
    {
        var address = AddressOf(registration, "ggml_backend_get_features");
        var features = address == 0 ? null : ((delegate* unmanaged[Cdecl]<RegistrationPointer, nint*>)address)(registration);

        // Pairs of a name and a value.
        for (; features != null && *features != 0; features += 2)
        {
            if (Marshal.PtrToStringUTF8(*features) == "OPENMP")
                return true;
        }

        return false;
    }

    private static nint AddressOf(RegistrationPointer registration, string name) =>
        GgmlBackendNative.ggml_backend_reg_get_proc_address(registration, name);
}
