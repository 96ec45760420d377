using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Reading;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Http.Ollama;

/// <summary><c>/api/copy</c> and <c>/api/delete</c> (2.5).</summary>
internal sealed class CopyDeleteEndpoints(LocalStore store, ModelNames names, StoreChanges changes)
{
    internal async Task CopyAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "CopyRequest");
        var (from, to) = (body.Text("source"), body.Text("destination"));
        var source = ModelNames.Parse(from) ?? throw RequestException.Bad($"source \"{from}\" is invalid");
        var destination = ModelNames.Parse(to) ?? throw RequestException.Bad($"destination \"{to}\" is invalid");
        names.RequireUnmanaged(destination);
        await changes.RunAsync(context, "cp", source.PlainName, destination.PlainName, () =>
            store.Copy(store.Canonicalise(source), store.Canonicalise(destination))
                ? Task.CompletedTask
                : throw new RequestException(404, $"model \"{from}\" not found"));
    }

    internal async Task DeleteAsync(HttpContext context)
    {
        var body = RequestObject.Of(await RequestBody.ReadApiAsync(context), "api", "DeleteRequest");
        var text = ModelNames.Read(body);
        if (text.Trim().Length == 0)
            throw RequestException.Bad("model is required");
        var reference = ModelReference.Parse(text, out var error) ?? throw RequestException.Bad(error);
        var name = ModelNames.Parse(reference.PullName) ?? throw RequestException.Bad($"name \"{text}\" is invalid");
        names.RequireUnmanaged(name);
        await changes.RunAsync(context, "rm", name.PlainName, "", () =>
            store.Delete(store.Canonicalise(name))
                ? Task.CompletedTask
                : throw new RequestException(404, $"model '{text}' not found"));
    }
}
