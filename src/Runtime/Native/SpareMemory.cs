namespace ModelOps.Runtime.Native;

/// <summary>What this process holds for itself and does not need while it waits.</summary>
public static class SpareMemory
{
    /// <summary>
    /// Gives it back to the system: garbage and free room of both heaps, and code that only the start needed. Takes some milliseconds.
    /// </summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Posix.TrimHeap();
        CodePages.LetGo();
    }
}
