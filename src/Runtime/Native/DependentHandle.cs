using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ModelOps.Runtime.Native;

/// <summary>A native object that uses others. They live until it is freed, whatever the order of disposal.</summary>
internal abstract class DependentHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    private readonly List<SafeHandle> _used = [];

    /// <summary>Says that this object uses another one from now on; to say it again changes nothing.</summary>
    internal void KeepAlive(SafeHandle used)
    {
        if (_used.Contains(used))
            return;

        var added = false;
        used.DangerousAddRef(ref added);
        _used.Add(used);
    }

    /// <summary>Frees the object itself.</summary>
    protected abstract void Free();

    protected sealed override bool ReleaseHandle()
    {
        Free();
        foreach (var used in _used)
            used.DangerousRelease();

        return true;
    }
}
