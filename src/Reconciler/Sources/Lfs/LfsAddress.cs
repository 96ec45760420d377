using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources.Lfs;

/// <summary>Where the LFS server of a repository is.</summary>
internal static class LfsAddress
{
    /// <summary>File at the top of a repository that may name the server.</summary>
    internal const string ConfigurationFile = ".lfsconfig";

    /// <summary>The address that follows from that of an https repository: <c>https://host/repo.git/info/lfs</c>.</summary>
    internal static Uri OfRepository(Uri repository)
    {
        var path = repository.AbsolutePath.TrimEnd('/');
        return new Uri(repository, (path.EndsWith(".git", StringComparison.Ordinal) ? path : path + ".git") + "/info/lfs");
    }

    /// <summary>What <c>.lfsconfig</c> says about <c>lfs.url</c>; null when it says nothing.</summary>
    /// <exception cref="GitSourceException">It names a server that is not asked.</exception>
    internal static Uri? Configured(string configuration, string source)
    {
        var section = "";
        string? found = null;
        foreach (var line in configuration.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
                section = line.Trim('[', ']').Trim();
            else if (section.Equals("lfs", StringComparison.OrdinalIgnoreCase) && line.Split('=', 2) is [var name, var value]
                && name.Trim().Equals("url", StringComparison.OrdinalIgnoreCase))
            {
                found = value.Trim().Trim('"');
            }
        }

        if (found is null)
            return null;
        return Uri.TryCreate(found.TrimEnd('/'), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            && address.UserInfo.Length == 0
            ? address
            : throw new GitSourceException(
                source, SourceFailure.SourceInvalid,
                $"{ConfigurationFile} names {SafeText.ForLine(AddressText.OfUntrusted(found))} as the LFS server; only an https:// address "
                + "without a user is asked");
    }

    /// <summary>Folder of a repository on this disk; null when the address is not such a one.</summary>
    internal static string? LocalFolder(string address) =>
        Path.IsPathRooted(address) ? address
        : address.StartsWith("file://", StringComparison.Ordinal) && Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri.LocalPath
        : null;

    /// <summary>Arguments for ssh that reach the host of a repository, and the path there; null when it is not behind ssh.</summary>
    internal static (string[] Host, string Path)? Ssh(string address)
    {
        if (address.StartsWith("ssh://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
                return null;
            var host = (uri.UserInfo.Length > 0 ? uri.UserInfo + "@" : "") + uri.Host;
            string[] port = uri.Port > 0 ? ["-p", $"{uri.Port}"] : [];
            return ([.. port, "--", host], Uri.UnescapeDataString(uri.AbsolutePath));
        }

        var colon = address.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && !address[..colon].Contains('/', StringComparison.Ordinal)
            && !address.Contains("://", StringComparison.Ordinal)
            ? (["--", address[..colon]], address[(colon + 1)..])
            : null;
    }
}
