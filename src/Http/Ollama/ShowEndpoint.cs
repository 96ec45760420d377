using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Http.Writing;
using ModelOps.ModelStore.Showing;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Ollama;

/// <summary>
/// <c>/api/show</c> (2.4, 3.7). A request with <c>"warnings": true</c>, which the reference does not know, gets them as a member of
/// their own.
/// </summary>
internal sealed class ShowEndpoint(LocalStore store, IModelRuntime runtime, GoTemplateMode goTemplates, TimeProvider time)
{
    private const string EditorAgent = "GitHubCopilotChat/";

    internal async Task ShowAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "ShowRequest");
        var text = ModelNames.Read(body);
        body.Text("template");
        var withWarnings = body.Flag("warnings") ?? false;
        var options = new ShowOptions(
            body.Flag("verbose") ?? false, body.Text("system"), JsonNodes.ObjectOf(body.Map("options")), goTemplates);
        Caller.Of(context).RequireModel(text);
        var stored = ModelNames.Find(store, text);
        if (runtime.Policies.Models.ContainsKey(stored.Name))
            options = options with { GoTemplates = GoTemplateMode.Always };
        var shown = ShownModel.Of(store, stored, options);
        if (context.Request.Headers.UserAgent.ToString().StartsWith(EditorAgent, StringComparison.Ordinal))
            shown.ModelInfo["general.basename"] = text;
        await JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, json => Write(json, shown, withWarnings));
    }

    private void Write(Utf8JsonWriter json, ShownModel shown, bool withWarnings)
    {
        json.WriteStartObject();
        json.WriteUnlessEmpty("license"u8, shown.License);
        json.WriteUnlessEmpty("modelfile"u8, shown.Modelfile);
        json.WriteUnlessEmpty("parameters"u8, shown.Parameters);
        json.WriteUnlessEmpty("template"u8, shown.Template);
        json.WriteUnlessEmpty("system"u8, shown.System);
        json.WriteDetails(shown.Details);
        if (!shown.Messages.IsDefaultOrEmpty)
        {
            json.WriteStartArray("messages"u8);
            foreach (var message in shown.Messages)
            {
                json.WriteStartObject();
                json.WriteString("role"u8, message.Role);
                json.WriteString("content"u8, message.Content);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WritePropertyName("model_info"u8);
        shown.ModelInfo.WriteTo(json);
        if (shown.ProjectorInfo is { Count: > 0 } projector)
        {
            json.WritePropertyName("projector_info"u8);
            projector.WriteTo(json);
        }

        WriteTensors(json, shown);
        json.WriteTexts("capabilities"u8, shown.Capabilities);
        json.WriteString("modified_at"u8, ReplyTime.Local(shown.ModifiedAt, time));
        json.WriteUnlessEmpty("requires"u8, shown.Requires);
        if (withWarnings)
            json.WriteTexts("warnings"u8, shown.Warnings);
        json.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter json, ShownModel shown)
    {
        if (shown.Tensors.IsDefaultOrEmpty)
            return;
        json.WriteStartArray("tensors"u8);
        foreach (var tensor in shown.Tensors)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, tensor.Name);
            json.WriteString("type"u8, tensor.Type);
            json.WriteStartArray("shape"u8);
            foreach (var dimension in tensor.Shape)
                json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
