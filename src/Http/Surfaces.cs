using Microsoft.AspNetCore.Http;
using ModelOps.Http.Anthropic;
using ModelOps.Http.Management;
using ModelOps.Http.Ollama;
using ModelOps.Http.OpenAi;
using ModelOps.Http.Replies;
using ModelOps.Http.Routing;

namespace ModelOps.Http;

/// <summary>All routes (1.2) and what answers them.</summary>
internal sealed class Surfaces : IDisposable
{
    private readonly List<Route> _routes = [];
    private readonly MetricsEndpoint _metrics;

    internal Surfaces(HttpOptions options, HttpDependencies parts, CancellationToken stopping)
    {
        _metrics = new MetricsEndpoint(parts.Runtime, parts.Board);
        var show = new ShowEndpoint(parts.Store, parts.Runtime, options.GoTemplates, parts.Time);
        AddApi(options, parts, show);
        AddCompatible(parts, show);
        AddManagement(parts, stopping);
    }

    /// <inheritdoc/>
    public void Dispose() => _metrics.Dispose();

    internal IEnumerable<Route> Routes() => _routes;

    private void AddApi(HttpOptions options, HttpDependencies parts, ShowEndpoint show)
    {
        var plain = new PlainEndpoints(options.Version);
        var names = new ModelNames(parts.Runtime);
        var catalogue = new CatalogueEndpoints(parts.Store, parts.Runtime, parts.Time);
        var inference = new InferenceEndpoints(parts.Inference, parts.Time);
        var embed = new EmbedEndpoints(parts.Inference);
        var copies = new CopyDeleteEndpoints(parts.Store, names);
        var blobs = new BlobEndpoints(parts.Store);
        var transfer = new TransferEndpoints(parts.Transfer, names);
        Api("GET", "/", PlainEndpoints.RootAsync, head: true);
        Api("GET", "/api/version", plain.VersionAsync, head: true);
        Api("GET", "/api/status", PlainEndpoints.StatusAsync);
        Api("GET", "/api/tags", catalogue.TagsAsync, head: true);
        Api("GET", "/api/ps", catalogue.PsAsync);
        Api("POST", "/api/show", show.ShowAsync);
        Api("POST", "/api/generate", inference.GenerateAsync);
        Api("POST", "/api/chat", inference.ChatAsync);
        Api("POST", "/api/embed", embed.EmbedAsync);
        Api("POST", "/api/embeddings", embed.EmbeddingsAsync);
        Api("POST", "/api/create", new CreateEndpoint(parts.Builder, names).CreateAsync);
        Api("POST", "/api/pull", transfer.PullAsync);
        Api("POST", "/api/push", transfer.PushAsync);
        Api("POST", "/api/copy", copies.CopyAsync);
        Api("DELETE", "/api/delete", copies.DeleteAsync);
        Api("HEAD", "/api/blobs/", blobs.HeadAsync);
        Api("POST", "/api/blobs/", blobs.PostAsync);
    }

    private void AddCompatible(HttpDependencies parts, ShowEndpoint show)
    {
        var openAi = new OpenAiEndpoints(parts.Inference, parts.Time);
        var models = new ModelsEndpoints(parts.Store, show);
        OpenAi("POST", "/v1/chat/completions", openAi.ChatCompletionsAsync);
        OpenAi("POST", "/v1/completions", openAi.CompletionsAsync);
        OpenAi("POST", "/v1/responses", openAi.ResponsesAsync);
        OpenAi("POST", "/v1/audio/transcriptions", new TranscriptionEndpoint(parts.Inference).TranscribeAsync);
        OpenAi("POST", "/v1/embeddings", new EmbeddingsEndpoint(parts.Inference).EmbeddingsAsync);
        OpenAi("POST", "/v1/rerank", new RerankEndpoint(parts.Inference).RerankAsync);
        var pages = new ModelPages(parts.Store, show);
        _routes.Add(new Route("GET", "/v1/models", ByClient(pages.ListAsync, models.ListAsync)));
        _routes.Add(new Route("GET", "/v1/models/", ByClient(pages.FindAsync, models.FindAsync)) { ManySegments = true });
        var messages = new AnthropicEndpoints(parts.Inference);
        _routes.Add(new Route("POST", "/v1/messages", AnthropicErrors.Guard(messages.MessagesAsync)));
        _routes.Add(new Route("POST", "/v1/messages/count_tokens", AnthropicErrors.Guard(messages.CountTokensAsync)));
    }

    private void AddManagement(HttpDependencies parts, CancellationToken stopping)
    {
        var status = new StatusEndpoints(parts.Board, parts.Runtime, parts.RequestSync, stopping);
        Api("GET", "/modelops/v1/status", status.StatusAsync);
        Api("GET", "/modelops/v1/models", status.ModelsAsync);
        Api("GET", "/modelops/v1/events", status.EventsAsync);
        Api("POST", "/modelops/v1/sync", status.SyncAsync);
        var care = new StoreEndpoints(parts.Store, parts.Runtime, parts.Probe, parts.Time);
        Api("POST", "/modelops/v1/verify", care.VerifyAsync);
        Api("POST", "/modelops/v1/gc", care.CollectAsync);
        Api("POST", "/modelops/v1/footprint", care.FootprintAsync);
        Api("GET", "/healthz", StatusEndpoints.HealthAsync);
        Api("GET", "/readyz", status.ReadyAsync);
        Api("GET", "/metrics", _metrics.WriteAsync);
        Api("GET", "/ui", PageEndpoint.ShowAsync);
    }

    private void Api(string method, string path, RequestDelegate handle, bool head = false)
    {
        var guarded = ApiErrors.Guard(handle);
        _routes.Add(new Route(method, path, guarded));
        if (head)
            _routes.Add(new Route("HEAD", path, guarded));
    }

    /// <summary>A path that both OpenAI's and Anthropic's clients use, each with its own form of replies and errors.</summary>
    private static RequestDelegate ByClient(RequestDelegate anthropic, RequestDelegate openAi)
    {
        var (first, second) = (AnthropicErrors.Guard(anthropic), OpenAiErrors.Guard(openAi));
        return context => ModelPages.IsMeant(context) ? first(context) : second(context);
    }

    private void OpenAi(string method, string path, RequestDelegate handle) => _routes.Add(new Route(method, path, OpenAiErrors.Guard(handle)));
}
