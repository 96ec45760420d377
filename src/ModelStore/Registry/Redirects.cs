using System.Net;

namespace ModelOps.ModelStore.Registry;

/// <summary>Which redirects are followed, and how many.</summary>
public static class Redirects
{
    private const int Most = 10;

    /// <summary>Whether an answer of this status sends on to another address.</summary>
    public static bool Is(HttpStatusCode status) => status is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Where a redirect leads: never from an encrypted address to one that is not.</summary>
    /// <param name="from">What was asked for.</param>
    /// <param name="location">What the answer said.</param>
    /// <param name="followed">Redirects that were followed before.</param>
    internal static Uri Target(Uri from, Uri location, int followed)
    {
        if (followed >= Most)
            throw StoreException.RegistryFailed($"maximum redirects exceeded ({Most}) for directURL", from.ToString());
        var target = new Uri(from, location);
        if (target.Scheme is not ("http" or "https") || (from.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps))
        {
            throw new StoreException(new StoreFailure.Untrusted(
                $"{from.Host} redirects to {target.GetLeftPart(UriPartial.Authority)}, which is not encrypted"));
        }

        return target;
    }
}
