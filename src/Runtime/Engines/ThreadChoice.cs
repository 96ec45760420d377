namespace ModelOps.Runtime.Engines;

/// <summary>Why an engine computes with as many threads as it does.</summary>
public enum ThreadChoice
{
    /// <summary>With all it may use: nothing slows it down.</summary>
    All,

    /// <summary>The load profile says how many.</summary>
    Fixed,

    /// <summary>With fewer, because steps were slow beside other busy processes.</summary>
    BusyMachine,

    /// <summary>With another number for a few steps, to learn whether it is faster.</summary>
    Trial,
}
