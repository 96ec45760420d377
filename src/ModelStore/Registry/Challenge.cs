namespace ModelOps.ModelStore.Registry;

/// <summary>What a <c>WWW-Authenticate</c> header asks for.</summary>
/// <param name="Scheme">Lower-case <c>bearer</c> or <c>basic</c>; empty when there was no header.</param>
/// <param name="Realm">Where tokens are.</param>
/// <param name="Service">For which service.</param>
/// <param name="Scope">For what; items are parted by spaces.</param>
internal sealed record Challenge(string Scheme, string Realm, string Service, string Scope)
{
    public static Challenge Of(HttpResponseMessage response)
    {
        var headers = response.Headers.WwwAuthenticate;
        var header = headers.FirstOrDefault(one => Is(one.Scheme, "bearer")) ?? headers.FirstOrDefault();
        return header is null ? new("", "", "", "") : Parse(header.Scheme, header.Parameter ?? "");
    }

    public static Challenge Parse(string scheme, string parameters)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var at = 0; at < parameters.Length;)
        {
            var equals = parameters.IndexOf('=', at);
            if (equals < 0)
                break;
            var key = parameters[at..equals].Trim(' ', ',', '\t');
            values[key] = Value(parameters, equals + 1, out at);
        }

        return new(
            Is(scheme, "bearer") ? "bearer" : Is(scheme, "basic") ? "basic" : scheme,
            values.GetValueOrDefault("realm", ""), values.GetValueOrDefault("service", ""), values.GetValueOrDefault("scope", ""));
    }

    private static string Value(string text, int start, out int end)
    {
        // A comma inside quotes belongs to the value: scopes have them.
        var quoted = start < text.Length && text[start] == '"';
        var from = quoted ? start + 1 : start;
        var to = text.IndexOf(quoted ? '"' : ',', from);
        if (to < 0)
            to = text.Length;
        end = to + 1;
        return quoted ? text[from..to] : text[from..to].Trim();
    }

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
