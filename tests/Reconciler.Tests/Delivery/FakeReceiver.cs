using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace ModelOps.Reconciler.Tests.Delivery;

/// <summary>A call of what is outside.</summary>
internal sealed record OutsideCall(string Method, string Address, Dictionary<string, string> Headers, string? Type, byte[] Bytes)
{
    internal JsonNode Body => JsonNode.Parse(Bytes)!;
}

/// <summary>A forge or a receiver of notifications: answers as it is told, and keeps what it was asked.</summary>
internal sealed class FakeReceiver : HttpMessageHandler
{
    private readonly Channel<OutsideCall> _calls = Channel.CreateUnbounded<OutsideCall>();

    internal ConcurrentQueue<HttpStatusCode> Answers { get; } = new();

    /// <summary>What is answered when <see cref="Answers"/> has nothing more.</summary>
    internal HttpStatusCode Usual { get; set; } = HttpStatusCode.Created;

    internal int Count => _calls.Reader.Count;

    internal async Task<OutsideCall> NextAsync() =>
        await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await _calls.Writer.WriteAsync(
            new OutsideCall(
                request.Method.Method, request.RequestUri!.AbsoluteUri,
                request.Headers.ToDictionary(
                    header => header.Key, header => string.Join(' ', header.Value), StringComparer.OrdinalIgnoreCase),
                request.Content!.Headers.ContentType?.MediaType, await request.Content.ReadAsByteArrayAsync(cancellationToken)),
            cancellationToken);
        return new HttpResponseMessage(Answers.TryDequeue(out var answer) ? answer : Usual);
    }
}
