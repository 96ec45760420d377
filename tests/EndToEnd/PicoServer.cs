using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>A server without a models repository, with models that were made through the API from the demo weights.</summary>
public sealed class PicoServer : IAsyncLifetime
{
    private const string GoTemplate =
        """
        {{- if or .System .Tools }}<|im_start|>system
        {{ .System }}{{ if .Tools }}You may call these functions. To call one, answer with a JSON object between <tool_call> and </tool_call>.{{ end }}{{ range .Tools }}
        {"name": "{{ .Function.Name }}", "description": "{{ .Function.Description }}", "parameters": {"type": "object", "properties": {{ .Function.Parameters.Properties }}, "required": {{ json .Function.Parameters.Required }}}}{{ end }}<|im_end|>
        {{ end }}{{ range .Messages }}{{ if ne .Role "system" }}<|im_start|>{{ .Role }}
        {{ range .ToolCalls }}<tool_call>
        {"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}
        </tool_call>{{ end }}{{ .Content }}<|im_end|>
        {{ end }}{{ end }}<|im_start|>assistant

        """;

    private const string ThinkingTemplate =
        """
        {{- range .Messages }}<|im_start|>{{ .Role }}
        {{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}<|im_end|>
        {{ end }}<|im_start|>assistant

        """;

    private readonly TemporaryFolder _folder = new();

    internal Daemon Daemon { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Daemon = await Daemon.StartAsync(null, _folder.Combine("home"));
        var weights = await File.ReadAllBytesAsync(ModelsRepository.Weights);
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(weights))}";
        using var blob = await Daemon.Http.PostAsync($"api/blobs/{digest}", new ByteArrayContent(weights));
        await CreateAsync(new JsonObject { ["model"] = "pico", ["files"] = new JsonObject { ["pico.gguf"] = digest } });
        await CreateAsync(new JsonObject { ["model"] = "go", ["from"] = "pico", ["template"] = GoTemplate });
        await CreateAsync(new JsonObject { ["model"] = "thinker", ["from"] = "pico", ["template"] = ThinkingTemplate });
        await CreateAsync(new JsonObject { ["model"] = "bare", ["from"] = "pico", ["template"] = "{{ .Prompt }}" });
        await CreateAsync(
            new JsonObject { ["model"] = "odd", ["from"] = "pico", ["parameters"] = new JsonObject { ["num_ctx"] = "many" } });
        await CreateAsync(
            new JsonObject
            {
                ["model"] = "old", ["from"] = "pico", ["parameters"] = new JsonObject { ["mirostat"] = 2, ["tfs_z"] = 0.5, ["top_k"] = 5 },
            });
        await CreateAsync(
            new JsonObject { ["model"] = "embedder", ["from"] = "pico", ["parameters"] = new JsonObject { ["num_ctx"] = 256 } });
    }

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>One question at temperature 0, not streamed.</summary>
    internal static JsonObject Ask(string model, string question) => new()
    {
        ["model"] = model,
        ["stream"] = false,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
        ["options"] = new JsonObject { ["temperature"] = 0 },
    };

    /// <summary>The same for the surface of OpenAI.</summary>
    internal static JsonObject AskOpenAi(string model, string question, int maxTokens = 100) => new()
    {
        ["model"] = model,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
        ["temperature"] = 0,
        ["max_tokens"] = maxTokens,
    };

    /// <summary>A tool with its schema.</summary>
    internal static JsonArray Tools(string name, string parameters, bool strict = false) => new(new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = name,
            ["description"] = "Get the current weather for a city",
            ["parameters"] = JsonNode.Parse(parameters),
            ["strict"] = strict,
        },
    });

    internal Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(string path, JsonObject body) =>
        Daemon.SendAsync(HttpMethod.Post, path, body);

    /// <summary>The lines or events of a stream, as they came.</summary>
    internal async Task<string[]> StreamAsync(string path, JsonObject body)
    {
        body["stream"] = true;
        try
        {
            using var reply = await Daemon.Http.PostAsync(path, new StringContent(body.ToJsonString()));
            return (await reply.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (HttpRequestException error)
        {
            throw new InvalidOperationException($"The stream of {path} broke off.\n{Daemon.Output}", error);
        }
    }

    private async Task CreateAsync(JsonObject request)
    {
        request["stream"] = false;
        var (status, body) = await PostAsync("api/create", request);
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
    }
}
