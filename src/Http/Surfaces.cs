using Microsoft.AspNetCore.Http;
using ModelOps.Http.Access;
using ModelOps.Http.Anthropic;
using ModelOps.Http.Management;
using ModelOps.Http.Metrics;
using ModelOps.Http.Ollama;
using ModelOps.Http.OpenAi;
using ModelOps.Http.OpenAi.Responses;
using ModelOps.Http.Reading;
using ModelOps.Http.Replies;
using ModelOps.Http.Routing;
using ModelOps.Http.Webhooks;

namespace ModelOps.Http;

/// <summary>All routes (1.2) and what answers them.</summary>
internal sealed class Surfaces : IDisposable
{
    private readonly List<Route> _routes = [];
    private readonly MetricsEndpoint _metrics;
    private readonly StoreChanges _changes;

    internal Surfaces(HttpOptions options, HttpDependencies parts, CancellationToken stopping)
    {
        var inference = new ClientInference(parts.Inference);
        _metrics = new MetricsEndpoint(parts.Runtime, parts.Board, parts.Store, options);
        _changes = new StoreChanges(parts.Audit, parts.Time);
        AddOllama(options, parts, inference);
        AddOpenAi(parts, inference);
        AddAnthropic(inference);
        AddModels(parts);
        AddManagement(options, parts, stopping);
    }

    /// <inheritdoc/>
    public void Dispose() => _metrics.Dispose();

    internal IEnumerable<Route> Routes() => _routes;

    private void AddOllama(HttpOptions options, HttpDependencies parts, ClientInference inference)
    {
        var plain = new PlainEndpoints(options.Version);
        var names = new ModelNames(parts.Runtime);
        var catalogue = new CatalogueEndpoints(parts.Store, parts.Runtime, parts.Time);
        var show = new ShowEndpoint(parts.Store, parts.Runtime, options.GoTemplates, parts.Time);
        var embed = new EmbedEndpoints(inference);
        var copies = new CopyDeleteEndpoints(parts.Store, names, _changes);
        var blobs = new BlobEndpoints(parts.Store);
        var transfer = new TransferEndpoints(parts.Transfer, names, _changes);
        Plain("GET", "/", PlainEndpoints.RootAsync, head: true);
        Plain("GET", "/api/version", plain.VersionAsync, head: true);
        Plain("GET", "/api/status", PlainEndpoints.StatusAsync);
        Plain("GET", "/api/tags", catalogue.TagsAsync, head: true);
        Plain("GET", "/api/ps", catalogue.PsAsync);
        Plain("POST", "/api/show", show.ShowAsync);
        Plain("POST", "/api/generate", new GenerateEndpoint(inference, parts.Time).GenerateAsync);
        Plain("POST", "/api/chat", new ChatEndpoint(inference, parts.Time).ChatAsync);
        Plain("POST", "/api/embed", embed.EmbedAsync);
        Plain("POST", "/api/embeddings", embed.EmbeddingsAsync);
        Plain("POST", "/api/create", new CreateEndpoint(parts.Builder, names, _changes).CreateAsync);
        Plain("POST", "/api/pull", transfer.PullAsync);
        Plain("POST", "/api/push", transfer.PushAsync);
        Plain("POST", "/api/copy", copies.CopyAsync);
        Plain("DELETE", "/api/delete", copies.DeleteAsync);
        Plain("HEAD", "/api/blobs/", blobs.HeadAsync);
        Plain("POST", "/api/blobs/", blobs.PostAsync);
    }

    private void AddOpenAi(HttpDependencies parts, ClientInference inference)
    {
        OpenAi("/v1/chat/completions", new ChatCompletionEndpoint(inference, parts.Time).ChatAsync);
        OpenAi("/v1/completions", new CompletionEndpoint(inference, parts.Time).CompleteAsync);
        OpenAi("/v1/responses", new ResponseEndpoint(inference, parts.Time).RespondAsync);
        OpenAi("/v1/audio/transcriptions", new TranscriptionEndpoint(inference).TranscribeAsync);
        OpenAi("/v1/embeddings", new EmbeddingEndpoint(inference).EmbeddingsAsync);
        OpenAi("/v1/rerank", new RerankEndpoint(inference).RerankAsync);
    }

    private void AddAnthropic(ClientInference inference)
    {
        Anthropic("/v1/messages", new MessageEndpoint(inference).AnswerAsync);
        Anthropic("/v1/messages/count_tokens", new TokenCountEndpoint(inference).CountAsync);
    }

    private void AddModels(HttpDependencies parts)
    {
        var (models, pages) = (new ModelEndpoints(parts.Store), new ModelPageEndpoints(parts.Store));
        Add("GET", "/v1/models", ByClient(pages.ListAsync, models.ListAsync));
        Add("GET", "/v1/models/", ByClient(pages.FindAsync, models.FindAsync), manySegments: true);
    }

    private void AddManagement(HttpOptions options, HttpDependencies parts, CancellationToken stopping)
    {
        var status = new StatusEndpoints(parts.Board, parts.Runtime, parts.StrictReadiness, options.Warning);
        var past = new ChronicleEndpoints(parts.Board, parts.Chronicle, parts.Runtime, parts.Time, stopping);
        Plain("GET", "/modelops/v1/status", status.StatusAsync);
        Plain("GET", "/modelops/v1/models", status.ModelsAsync);
        Add("GET", "/modelops/v1/models/", PlainErrors.Guard(past.ModelAsync), manySegments: true);
        Plain("GET", "/modelops/v1/events", past.EventsAsync);
        Plain("GET", "/modelops/v1/history", past.HistoryAsync);
        AddControl(new ControlEndpoints(parts.Control, parts.Board, parts.Time, stopping));
        AddWebhooks(parts);
        var care = new StoreEndpoints(
            parts.Store, parts.Runtime, parts.Probe, _changes, parts.Verified, parts.Time);
        Plain("POST", "/modelops/v1/verify", care.VerifyAsync);
        Plain("POST", "/modelops/v1/gc", care.CollectAsync);
        Plain("POST", "/modelops/v1/footprint", care.FootprintAsync);
        Plain("GET", "/healthz", StatusEndpoints.HealthAsync);
        Plain("GET", "/readyz", status.ReadyAsync);
        Plain("GET", "/metrics", _metrics.WriteAsync);
        Plain("GET", "/ui", PageEndpoint.ShowAsync);
    }

    /// <summary>Off where no source has one.</summary>
    private void AddWebhooks(HttpDependencies parts)
    {
        if (parts.Webhooks.IsEmpty)
            return;
        var webhooks = new WebhookEndpoints(parts.Webhooks, parts.Control, parts.Time);
        Add("POST", WebhookEndpoints.Path, PlainErrors.Guard(webhooks.ReceiveAsync), manySegments: true);
        Add("GET", WebhookEndpoints.Path, PlainErrors.Guard(webhooks.HealthAsync), manySegments: true);
    }

    private void AddControl(ControlEndpoints control)
    {
        Plain("POST", "/modelops/v1/sync", control.SyncAsync);
        Plain("POST", "/modelops/v1/accept-rewind", control.AcceptRewindAsync);
        Plain("POST", "/modelops/v1/hold", control.HoldAsync);
        Plain("POST", "/modelops/v1/release", control.ReleaseAsync);
        Plain("POST", "/modelops/v1/retry", control.RetryAsync);
        Plain("POST", "/modelops/v1/rollback", control.RollbackAsync);
        Plain("POST", "/modelops/v1/suspend", control.SuspendAsync);
        Plain("POST", "/modelops/v1/resume", control.ResumeAsync);
        Plain("POST", "/modelops/v1/approve", control.ApproveAsync);
        Plain("GET", "/modelops/v1/requests/", control.RequestAsync);
        Plain("GET", "/modelops/v1/wait", control.WaitAsync);
        Plain("GET", "/modelops/v1/plan", control.PlanAsync);
    }

    private void Plain(string method, string path, RequestDelegate handle, bool head = false)
    {
        var guarded = PlainErrors.Guard(handle);
        Add(method, path, guarded);
        if (head)
            Add("HEAD", path, guarded);
    }

    /// <summary>What a route asks of a key stands in one table, whatever it is.</summary>
    private void Add(string method, string path, RequestDelegate handle, bool manySegments = false) =>
        _routes.Add(new Route(method, path, RouteScopes.Of(method, path), handle) { ManySegments = manySegments });

    /// <summary>A path that both OpenAI's and Anthropic's clients use, each with its own form of replies and errors.</summary>
    private static RequestDelegate ByClient(RequestDelegate anthropic, RequestDelegate openAi)
    {
        var (first, second) = (AnthropicErrors.Guard(anthropic), OpenAiErrors.Guard(openAi));
        return context => ModelPageEndpoints.IsMeant(context) ? first(context) : second(context);
    }

    private void OpenAi(string path, RequestDelegate handle) => Add("POST", path, OpenAiErrors.Guard(handle));

    private void Anthropic(string path, RequestDelegate handle) => Add("POST", path, AnthropicErrors.Guard(handle));
}
