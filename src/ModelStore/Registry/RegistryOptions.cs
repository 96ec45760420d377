using System.Collections.Immutable;
using System.Net;

namespace ModelOps.ModelStore.Registry;

/// <summary>How models are moved. The defaults are those of the reference.</summary>
public sealed record RegistryOptions
{
    /// <summary>The name that we give to registries. The first word names the protocol's version: registries refuse old ones.</summary>
    public string UserAgent { get; init; } = "ollama/0.34.0 (modelops)";

    /// <summary>Parts of one blob that move at a time.</summary>
    public int Parallel { get; init; } = 16;

    /// <summary>Smallest part.</summary>
    public long SmallestPart { get; init; } = 100_000_000;

    /// <summary>Largest part.</summary>
    public long LargestPart { get; init; } = 1_000_000_000;

    /// <summary>A connection that delivers nothing for this long is given up and opened anew.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts that may fail in a row, none of which got any further.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Pause after the first of them; it doubles.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause that a registry may ask for.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time between two progress lines of a blob.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Bytes a second for all downloads together; null for no limit.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Proxies (<see cref="EnvironmentProxy"/>); null for those that the platform finds.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>Whether a pull removes the blobs that only the replaced manifest used.</summary>
    public bool RemoveUnused { get; init; } = true;

    /// <summary>Where to ask instead of a host: host (and port) of names to the base address of its mirror.</summary>
    public ImmutableDictionary<string, Uri> Mirrors { get; init; } = ImmutableDictionary<string, Uri>.Empty;

    /// <summary>Reads mirrors as people write them: <c>HOST=URL</c>, several with commas between.</summary>
    /// <exception cref="FormatException">An entry is not of that form.</exception>
    public static ImmutableDictionary<string, Uri> ParseMirrors(string text)
    {
        var mirrors = ImmutableDictionary.CreateBuilder<string, Uri>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var isPair = entry.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 }, { Length: > 0 }];
            if (!isPair
                || !Uri.TryCreate(entry[(entry.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim(), UriKind.Absolute, out var address)
                || address.Scheme is not ("http" or "https")
                || address.AbsolutePath != "/")
            {
                throw new FormatException(
                    $"'{entry}' names no mirror; write HOST=URL, e.g. registry.ollama.ai=https://mirror.example:5000");
            }

            mirrors[entry[..entry.IndexOf('=', StringComparison.Ordinal)].Trim()] = address;
        }

        return mirrors.ToImmutable();
    }

    /// <summary>User names, passwords and tokens of registries.</summary>
    public DockerConfig Credentials { get; init; } = DockerConfig.Empty;

    /// <summary>The key that this machine signs with; null to stay anonymous.</summary>
    public Lazy<SshKey>? Key { get; init; }
}
