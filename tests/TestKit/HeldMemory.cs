namespace ModelOps.TestKit;

/// <summary>Memory that is still held after what was tested: that of other tests of the process goes again, what was kept does not.</summary>
public static class HeldMemory
{
    private const int MostLooks = 30;

    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Managed bytes now, without garbage.</summary>
    public static long Now => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>Whether so many bytes more than before stay held for half a minute.</summary>
    /// <param name="before">What <see cref="Now"/> was.</param>
    /// <param name="most">Bytes that may have come to it.</param>
    public static bool Grew(long before, long most)
    {
        for (var looks = 0; looks < MostLooks; looks++)
        {
            if (Now - before < most)
                return false;
            Thread.Sleep(s_betweenLooks);
        }

        return true;
    }
}
