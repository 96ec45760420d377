namespace ModelOps.Reconciler.Notifications;

/// <summary>One receiver of notifications.</summary>
/// <param name="Name">What it is called here.</param>
/// <param name="Format">What it understands.</param>
public sealed record NotificationOptions(string Name, NotificationFormat Format)
{
    /// <summary>Its address, of a Matrix room that of the server; null when it stands in a file.</summary>
    public Uri? Address { get; init; }

    /// <summary>File whose first line is its address, where that is a secret; read for each message.</summary>
    public string? AddressFile { get; init; }

    /// <summary>File of the secrets that messages are signed with, one a line; read for each message. CloudEvents only.</summary>
    public string? SecretFile { get; init; }

    /// <summary>File whose first line is the token of the Matrix account; read for each message.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The Matrix room, such as <c>!abc:example.org</c>.</summary>
    public string? Room { get; init; }

    /// <summary>Nobody may read along on the way to an address, or it is on this machine.</summary>
    public static bool IsPrivate(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.UserInfo.Length == 0
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
    }

    /// <summary>What it hears of.</summary>
    public NotificationFilter Filter { get; init; } = new();

    /// <summary>Of one kind, model and revision it hears once.</summary>
    public bool OncePerRevision { get; init; }
}
