using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.ModelStore.Names;

namespace ModelOps.Http.Management;

/// <summary>
/// The body of a request to the reconciler. What is not known in it is refused: a misspelt field would change something else.
/// </summary>
internal sealed class ControlBody
{
    private const int LongestActor = 200;
    private const int LongestReason = 1000;

    private readonly RequestObject _body;
    private readonly Caller _caller;

    private ControlBody(RequestObject body, Caller caller, string actor, string reason)
    {
        (_body, _caller, Actor, Reason) = (body, caller, actor, reason);
    }

    /// <summary>Who asks: the key; without one as the body says, else the peer.</summary>
    internal string Actor { get; }

    /// <summary>Why; may be empty.</summary>
    internal string Reason { get; }

    /// <summary>Reads a body, which may be absent.</summary>
    /// <param name="context">The request.</param>
    /// <param name="fields">Fields besides <c>actor</c> and <c>reason</c>.</param>
    internal static async Task<ControlBody> ReadAsync(HttpContext context, string[] fields)
    {
        var body = RequestObject.Of(await RequestBody.ReadOptionalAsync(context), "modelops", "ControlRequest");
        string[] known = [.. fields, "actor", "reason"];
        if (body.Json.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in body.Json.EnumerateObject())
            {
                if (!known.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
                    throw RequestException.Bad($"unknown field '{member.Name}'; known are {string.Join(", ", known)}");
            }
        }

        var actor = Bounded(body, "actor", LongestActor);
        var caller = Caller.Of(context);
        return new ControlBody(body, caller, caller.Actor(context, actor), Bounded(body, "reason", LongestReason));
    }

    internal bool Has(string field) => _body.OptionalText(field) is not null;

    /// <summary>The model, which must be there.</summary>
    internal ModelName Model() =>
        OptionalModel() ?? throw RequestException.Bad("'model' is missing: name the model, as in {\"model\": \"assistant\"}");

    /// <summary>The model; null when none is named, which is for those whom all models are for.</summary>
    /// <exception cref="RequestException">400: it is no name; 403: it is not for the caller.</exception>
    internal ModelName? OptionalModel()
    {
        if (_body.OptionalText("model") is not { } text)
        {
            _caller.RequireAllModels();
            return null;
        }

        if (!ModelName.TryParse(text, out var name))
            throw RequestException.Bad($"'{text}' is no name of a model");
        _caller.RequireModel(name);
        return name;
    }

    /// <summary>The name of a source; null when none is named.</summary>
    internal string? Source() => _body.OptionalText("source") switch
    {
        null or "" => null,
        var text when text.Length <= 63 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') => text,
        var text => throw RequestException.Bad($"'{text}' is no name of a source"),
    };

    /// <summary>Hexadecimal digits, which must be there; <c>sha256:</c> before them is left out.</summary>
    internal string Digits(string field, string what, int least, int most)
    {
        var text = _body.Text(field).Trim().ToLowerInvariant();
        text = text.StartsWith("sha256:", StringComparison.Ordinal) ? text[7..] : text;
        return text.Length >= least && text.Length <= most && text.All(char.IsAsciiHexDigitLower)
            ? text
            : throw RequestException.Bad(
                (text.Length == 0 ? $"'{field}' is missing, {what}" : $"'{text}' is not {what}")
                + $", which has {least} to {most} hexadecimal digits");
    }

    /// <summary>A moment, or null.</summary>
    internal DateTimeOffset? Moment(string field) => _body.OptionalText(field) switch
    {
        null or "" => null,
        var text when DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) => moment,
        var text => throw RequestException.Bad($"'{field}' is no time: '{text}'; write it as 2026-01-31T18:00:00Z"),
    };

    private static string Bounded(RequestObject body, string field, int most)
    {
        var text = body.Text(field).Trim();
        return text.Length <= most ? text : throw RequestException.Bad($"'{field}' has {text.Length} characters; at most {most} are kept");
    }
}
