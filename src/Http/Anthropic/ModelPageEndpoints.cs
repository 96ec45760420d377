using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Http.Routing;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Http.Anthropic;

/// <summary>
/// <c>/v1/models</c> and <c>/v1/models/{model}</c> as Anthropic's clients read them: page by page, in the order of <c>/api/tags</c>. The
/// path is OpenAI's too, so the form is chosen by the header that only Anthropic's clients send.
/// </summary>
internal sealed class ModelPageEndpoints(LocalStore store)
{
    private const string VersionHeader = "anthropic-version";
    private const int UsualLimit = 20;
    private const int MostOnPage = 1000;

    /// <summary>The request comes from a client of Anthropic's.</summary>
    internal static bool IsMeant(HttpContext context) => context.Request.Headers[VersionHeader].ToString().Length > 0;

    internal Task ListAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var models = store.List().Where(model => caller.MayUse(model.Name)).ToArray();
        var ids = models.Select(model => model.Name.ShortName).ToList();
        var (begin, end, hasMore) = Page(context.Request.Query, ids);
        return JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data"u8);
            for (var at = begin; at < end; at++)
                Write(json, ids[at], models[at]);
            json.WriteEndArray();
            json.WriteBoolean("has_more"u8, hasMore);
            json.WriteString("first_id"u8, begin < end ? ids[begin] : null);
            json.WriteString("last_id"u8, begin < end ? ids[end - 1] : null);
            json.WriteEndObject();
        });
    }

    internal Task FindAsync(HttpContext context)
    {
        var text = RouteValue.Of(context);
        Caller.Of(context).RequireModel(text);
        var model = ModelNames.Find(store, text);
        return JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json => Write(json, text, model));
    }

    /// <summary>The place of a page in the list, and whether there is more beyond it in its direction.</summary>
    private static (int Begin, int End, bool HasMore) Page(IQueryCollection query, List<string> ids)
    {
        var limit = Limit(query);
        var (before, after) = (Place(query, "before_id", ids), Place(query, "after_id", ids));
        if (before is not null && after is not null)
            throw RequestException.Bad("before_id and after_id: a page begins at one of them; leave out the other");
        if (before is { } next)
        {
            var first = Math.Max(next - limit, 0);
            return (first, next, first > 0);
        }

        var begin = after + 1 ?? 0;
        var end = Math.Min(begin + limit, ids.Count);
        return (begin, end, end < ids.Count);
    }

    private static int Limit(IQueryCollection query)
    {
        if (query["limit"].ToString() is not { Length: > 0 } text)
            return UsualLimit;
        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var limit)
            && limit is >= 1 and <= MostOnPage
            ? limit
            : throw RequestException.Bad($"limit must be a number between 1 and {MostOnPage}");
    }

    private static int? Place(IQueryCollection query, string key, List<string> ids)
    {
        if (query[key].ToString() is not { Length: > 0 } id)
            return null;
        var place = ids.FindIndex(known => known.Equals(id, StringComparison.OrdinalIgnoreCase));
        return place >= 0
            ? place
            : throw RequestException.Bad($"{key}: there is no such model here any more; begin again with the first page");
    }

    private static void Write(Utf8JsonWriter json, string id, StoredModel model)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "model");
        json.WriteString("id"u8, id);
        json.WriteString("display_name"u8, model.Name.ShortName);
        json.WriteString("created_at"u8, ReplyTime.Utc(model.ModifiedAt));
        json.WriteEndObject();
    }
}
