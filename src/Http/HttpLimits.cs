using System.Globalization;

namespace ModelOps.Http;

/// <summary>What one client may take of the server. Zero of a timeout or a rate means none.</summary>
public sealed record HttpLimits
{
    /// <summary>The settings' names, for the error messages about these limits.</summary>
    internal const string MaxBodySetting = "--max-body";

    internal const string HeaderTimeoutSetting = "--header-timeout";
    internal const string BodyRateSetting = "--body-rate";
    internal const string MaxConnectionsSetting = "--max-connections";
    internal const string MaxHeaderBytesSetting = "--max-header-bytes";

    private const long LargestBody = 1L << 30;
    private const int FewestHeaderBytes = 1 << 10;
    private const int MostHeaderBytes = 1 << 24;
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>
    /// Most bytes of a body that is read into memory, packed or unpacked; 1 to 1 GiB. Blobs go to the disk and are not counted.
    /// </summary>
    public long MaxBody { get; init; } = 64L << 20;

    /// <summary>How long the head of a request may take from its first byte on; at most a day.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes a second that a body must bring on average, after some seconds of grace. Only time that the server waits for it counts.
    /// </summary>
    public long BodyRate { get; init; } = 1 << 10;

    /// <summary>Most connections at a time.</summary>
    public int MaxConnections { get; init; } = 8192;

    /// <summary>Most bytes of a request line, and of the headers after it; 1 KiB to 16 MiB.</summary>
    public int MaxHeaderBytes { get; init; } = 64 << 10;

    /// <summary>What is wrong with the limits, in a sentence; null when nothing is.</summary>
    public string? Check() => this switch
    {
        { MaxBody: < 1 or > LargestBody } => $"{MaxBodySetting} is between 1 byte and {Size(LargestBody)}.",
        { HeaderTimeout: var timeout } when timeout < TimeSpan.Zero || timeout > LongestTimeout =>
            $"{HeaderTimeoutSetting} is between 0 (none) and 24h.",
        { BodyRate: < 0 } => $"{BodyRateSetting} is a number of bytes a second, or 0 for none.",
        { MaxConnections: < 1 } => $"{MaxConnectionsSetting} is at least 1.",
        { MaxHeaderBytes: < FewestHeaderBytes or > MostHeaderBytes } =>
            $"{MaxHeaderBytesSetting} is between {Size(FewestHeaderBytes)} and {Size(MostHeaderBytes)}.",
        _ => null,
    };

    /// <summary>A number of bytes as people write it.</summary>
    internal static string Size(long bytes) => bytes switch
    {
        >= 1 << 30 when bytes % (1 << 30) == 0 => Text(bytes >> 30, "GiB"),
        >= 1 << 20 when bytes % (1 << 20) == 0 => Text(bytes >> 20, "MiB"),
        >= 1 << 10 when bytes % (1 << 10) == 0 => Text(bytes >> 10, "KiB"),
        1 => "1 byte",
        _ => Text(bytes, "bytes"),
    };

    private static string Text(long number, string unit) => $"{number.ToString(CultureInfo.InvariantCulture)} {unit}";
}
