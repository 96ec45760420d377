using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Http.Routing;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Http.OpenAi;

/// <summary><c>/v1/models</c> and <c>/v1/models/{model}</c> (6.6). Names with slashes are accepted too.</summary>
internal sealed class ModelEndpoints(LocalStore store)
{
    internal Task ListAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var models = store.List().Where(model => caller.MayUse(model.Name)).ToArray();
        return JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json =>
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list");
            json.WriteStartArray("data"u8);
            foreach (var model in models)
                Write(json, model.Name.ShortName, model);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    internal async Task FindAsync(HttpContext context)
    {
        var text = RouteValue.Of(context);
        try
        {
            Caller.Of(context).RequireModel(text);
            var model = ModelNames.Find(store, text);
            await JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json => Write(json, text, model));
        }
        catch (RequestException error)
        {
            await OpenAiErrors.WriteAsync(context, new Failure(error.Status, error.Message, InStream: false) { IsPlain = error.IsPlain });
        }
    }

    private static void Write(Utf8JsonWriter json, string id, StoredModel model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, "model");
        json.WriteNumber("created"u8, model.ModifiedAt.ToUnixTimeSeconds());
        json.WriteString("owned_by"u8, model.Name.Namespace);
        json.WriteEndObject();
    }
}
