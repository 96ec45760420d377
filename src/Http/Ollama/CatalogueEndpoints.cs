using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Replies;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Showing;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Ollama;

/// <summary>What there is: <c>/api/tags</c>, <c>/api/ps</c> (3.7).</summary>
internal sealed class CatalogueEndpoints(LocalStore store, IModelRuntime runtime, TimeProvider time)
{
    /// <summary>The longest duration of the reference, 292 years.</summary>
    private static readonly TimeSpan s_forever = TimeSpan.FromTicks(long.MaxValue / TimeSpan.NanosecondsPerTick);

    internal Task TagsAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var models = ListedModel.All(store).Where(model => caller.MayUse(model.Model.Name)).ToArray();
        return JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("models"u8);
            foreach (var model in models)
                WriteListed(json, model);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    internal Task PsAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        var loaded = runtime.Loaded.Where(model => caller.MayUse(model.Name)).OrderByDescending(model => model.ExpiresAt).ToArray();
        return JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("models"u8);
            foreach (var model in loaded)
                WriteLoaded(json, model);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private void WriteListed(Utf8JsonWriter json, ListedModel listed)
    {
        var model = listed.Model;
        json.WriteStartObject();
        json.WriteString("name"u8, model.Name.ShortName);
        json.WriteString("model"u8, model.Name.ShortName);
        json.WriteString("modified_at"u8, ReplyTime.Local(model.ModifiedAt, time));
        json.WriteNumber("size"u8, model.Size);
        json.WriteString("digest"u8, model.Digest);
        json.WriteDetails(listed.Details);
        json.WriteTexts("capabilities"u8, listed.Capabilities);
        json.WriteEndObject();
    }

    private void WriteLoaded(Utf8JsonWriter json, LoadedModel model)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, model.Name.ShortName);
        json.WriteString("model"u8, model.Name.ShortName);
        json.WriteNumber("size"u8, model.Size);
        json.WriteString("digest"u8, model.BuildDigest);
        json.WriteDetails(Details(model) with { ParentModel = "" });
        json.WriteString(
            "expires_at"u8,
            ReplyTime.Local(model.ExpiresAt == DateTimeOffset.MaxValue ? time.GetUtcNow() + s_forever : model.ExpiresAt, time));
        json.WriteNumber("size_vram"u8, model.SizeGpu);
        json.WriteNumber("context_length"u8, model.ContextLength);
        json.WriteEndObject();
    }

    private ModelDetails Details(LoadedModel model)
    {
        try
        {
            return (model.Source ?? store.Find(model.Name)) is { } source ? ModelDetails.Of(source) : new("", "", "", default, "", "");
        }
        catch (StoreException)
        {
            // A model whose manifest was damaged while it was loaded is still in memory, so it is listed without details.
            return new("", "", "", default, "", "");
        }
    }
}
