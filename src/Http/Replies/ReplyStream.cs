using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Writing;

namespace ModelOps.Http.Replies;

/// <summary>A reply that is written object by object and flushed after each. Its headers go out with the first.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The writer holds nothing that outlives the reply.")]
internal sealed class ReplyStream(HttpContext context, string contentType)
{
    private readonly PipeWriter _pipe = context.Response.BodyWriter;

    /// <summary>
    /// What is written next. The server's own writer sometimes hands out less memory than it was asked for, on which a JSON writer fails;
    /// copying works with any amount.
    /// </summary>
    private readonly ArrayBufferWriter<byte> _unit = new(512);
    private Utf8JsonWriter? _json;

    /// <summary>Sets the headers that forbid caches between here and the client to keep the reply, whatever it will be (1.3).</summary>
    internal static void Announce(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";

        // HTTP/2 has no such header.
        if (!HttpProtocol.IsHttp2(context.Request.Protocol)
            && !context.Request.Headers.Connection.ToString().Contains("close", StringComparison.OrdinalIgnoreCase))
            context.Response.Headers.Connection = "keep-alive";
    }

    /// <summary>Something was written.</summary>
    internal bool HasStarted { get; private set; }

    /// <summary>Begins a line of NDJSON.</summary>
    internal Utf8JsonWriter BeginLine() => Begin([]);

    /// <summary>Begins an event without a type.</summary>
    internal Utf8JsonWriter BeginData() => Begin("data: "u8);

    /// <summary>Begins an event of a type.</summary>
    internal Utf8JsonWriter BeginEvent(string type)
    {
        Start();
        _unit.Write("event: "u8);
        Encoding.UTF8.GetBytes(type, _unit);
        return Begin("\ndata: "u8);
    }

    /// <summary>Ends a line and sends it.</summary>
    internal ValueTask EndLineAsync(CancellationToken cancellationToken) => EndAsync("\n"u8, cancellationToken);

    /// <summary>Ends an event and sends it.</summary>
    internal ValueTask EndEventAsync(CancellationToken cancellationToken) => EndAsync("\n\n"u8, cancellationToken);

    /// <summary>Sends the mark that OpenAI's streams end with.</summary>
    internal ValueTask EndOpenAiAsync(CancellationToken cancellationToken)
    {
        Start();
        _pipe.Write("data: [DONE]\n\n"u8);
        return FlushAsync(cancellationToken);
    }

    private Utf8JsonWriter Begin(ReadOnlySpan<byte> before)
    {
        Start();
        _unit.Write(before);
        if (_json is null)
            _json = new Utf8JsonWriter(_unit, JsonBytes.Options);
        else
            _json.Reset(_unit);
        return _json;
    }

    private ValueTask EndAsync(ReadOnlySpan<byte> after, CancellationToken cancellationToken)
    {
        _json!.Flush();
        _unit.Write(after);
        _pipe.Write(_unit.WrittenSpan);
        _unit.ResetWrittenCount();
        return FlushAsync(cancellationToken);
    }

    private void Start()
    {
        if (HasStarted)
            return;
        HasStarted = true;
        context.Response.ContentType = contentType;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken) => await _pipe.FlushAsync(cancellationToken);
}
