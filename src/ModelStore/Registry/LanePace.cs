namespace ModelOps.ModelStore.Registry;

/// <summary>How many parts should move at a time: twice as many as long as that makes the whole faster.</summary>
/// <remarks>
/// Where one connection is slower than the line, many are needed. Where the line is faster than this machine, many only
/// keep the first part from its end, and a hash that has to begin with the first part then begins last.
/// </remarks>
internal sealed class LanePace(int most)
{
    private const int AtFirst = 2;
    private const double Pays = 1.25;

    // A line may change during a download of hours.
    private const int TryAgainAfter = 20;

    private double _before;
    private int _settled;

    /// <summary>Parts that may move now.</summary>
    public int Lanes { get; private set; } = Math.Min(AtFirst, most);

    /// <summary>Looks at the rate of all lanes together over the last while.</summary>
    public void Measure(double bytesPerSecond)
    {
        if (_settled > 0 && --_settled > 0)
            return;
        if (_before > 0 && bytesPerSecond < _before * Pays)
        {
            Lanes = Math.Max(Math.Min(AtFirst, most), Lanes / 2);
            (_before, _settled) = (0, TryAgainAfter);
            return;
        }

        if (Lanes == most)
            return;
        _before = bytesPerSecond;
        Lanes = Math.Min(Lanes * 2, most);
    }
}
