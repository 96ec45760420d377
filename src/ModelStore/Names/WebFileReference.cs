namespace ModelOps.ModelStore.Names;

/// <summary>
/// A GGUF file of a web server as FROM names it: <c>https://host/path/x.gguf</c>, with <c>@sha256:…</c> after it to pin the content.
/// </summary>
/// <param name="Address">Where it is.</param>
/// <param name="Pin">What it must be; null takes what comes.</param>
public sealed record WebFileReference(Uri Address, Digest? Pin)
{
    private const string PinMark = "@sha256:";

    /// <summary>Reads an argument of FROM. Plain http is taken only with a pin, which makes the way it came irrelevant.</summary>
    public static WebFileReference? Parse(string text)
    {
        var (address, pin) = (text.Trim(), (Digest?)null);
        if (address.LastIndexOf(PinMark, StringComparison.Ordinal) is > 0 and var mark)
        {
            if (!Digest.TryParse(address[(mark + 1)..], out var digest))
                return null;
            (address, pin) = (address[..mark], digest);
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && pin is not null))
            && uri.UserInfo.Length == 0
            && uri.AbsolutePath.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)
            ? new WebFileReference(uri, pin)
            : null;
    }

    /// <summary>Last part of the path.</summary>
    public string FileName => Uri.UnescapeDataString(Address.Segments[^1]).Replace('/', '_').Replace('\\', '_');
}
