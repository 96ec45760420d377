using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace ModelOps.Reconciler.Tests.State;

/// <summary>
/// Counts how often SQLite has the disk write through: the function of its file system that does it is replaced by one that counts and goes
/// on to it. Databases that are opened from now on are counted.
/// </summary>
internal static class DiskSyncs
{
    // Places of the functions in sqlite3_vfs and sqlite3_io_methods, which are the same in every version 3.
    private const int OpenAt = 40;
    private const int SyncAt = 40;
    private const int MethodsSize = 152;

    private static readonly ConcurrentDictionary<nint, (string Path, SyncFunction Sync)> s_files = new();
    private static readonly ConcurrentDictionary<string, int> s_counts = new(StringComparer.Ordinal);
    private static readonly nint s_system = FindSystem();
    private static readonly OpenFunction s_open = Marshal.GetDelegateForFunctionPointer<OpenFunction>(Marshal.ReadIntPtr(s_system, OpenAt));
    private static readonly OpenFunction s_countingOpen = Open;
    private static readonly SyncFunction s_countingSync = Sync;
    private static readonly Lazy<bool> s_begun = new(() =>
    {
        Marshal.WriteIntPtr(s_system, OpenAt, Marshal.GetFunctionPointerForDelegate(s_countingOpen));
        return true;
    });

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint FindFunction(nint name);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int OpenFunction(nint system, nint name, nint file, int flags, nint opened);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SyncFunction(nint file, int flags);

    internal static void Begin() => Assert.True(s_begun.Value);

    /// <summary>How often files of a database were written through.</summary>
    internal static int Of(string database) =>
        s_counts.Where(pair => pair.Key.StartsWith(database, StringComparison.Ordinal)).Sum(pair => pair.Value);

    private static int Open(nint system, nint name, nint file, int flags, nint opened)
    {
        var result = s_open(system, name, file, flags, opened);
        if (result != 0 || Marshal.PtrToStringUTF8(name) is not { } path)
            return result;

        // A copy for each file, which lives as long as the process does.
        var (methods, counting) = (Marshal.ReadIntPtr(file), Marshal.AllocHGlobal(MethodsSize));
        var bytes = new byte[MethodsSize];
        Marshal.Copy(methods, bytes, 0, MethodsSize);
        Marshal.Copy(bytes, 0, counting, MethodsSize);
        s_files[file] = (path, Marshal.GetDelegateForFunctionPointer<SyncFunction>(Marshal.ReadIntPtr(methods, SyncAt)));
        Marshal.WriteIntPtr(counting, SyncAt, Marshal.GetFunctionPointerForDelegate(s_countingSync));
        Marshal.WriteIntPtr(file, counting);
        return result;
    }

    private static int Sync(nint file, int flags)
    {
        var (path, sync) = s_files[file];
        s_counts.AddOrUpdate(path, 1, (_, count) => count + 1);
        return sync(file, flags);
    }

    private static nint FindSystem()
    {
        var library = NativeLibrary.Load("e_sqlite3", typeof(SQLitePCL.raw).Assembly, searchPath: null);
        return Marshal.GetDelegateForFunctionPointer<FindFunction>(NativeLibrary.GetExport(library, "sqlite3_vfs_find"))(0);
    }
}
