using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace ModelOps.EndToEnd.Terminals;

/// <summary>
/// A server of one model that thinks, answers slowly, and never ends by itself, so that a person can interrupt it. Another one,
/// <c>far</c>, is there when it was pulled.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;
    private volatile bool _isPulled;

    internal ScriptedServer()
    {
        (_listener, var address) = LoopbackListener.Start();
        Address = new Uri(address).Authority;
        _serving = ServeAsync();
    }

    internal string Address { get; }

    /// <summary>What was asked of the chat, in order.</summary>
    internal ConcurrentQueue<string> Asked { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _serving;
        _listener.Close();
        _over.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync(_over.Token);
            context.Response.ContentType = "application/json";
            var isFar = body.Contains("\"far\"", StringComparison.Ordinal);
            if (context.Request.Url!.AbsolutePath == "/api/show" && isFar && !_isPulled)
            {
                context.Response.StatusCode = (int)HttpStatusCode.NotFound;
                await WriteAsync(context, """{"error":"model 'far' not found"}""");
                context.Response.Close();
                return;
            }

            var text = context.Request.Url.AbsolutePath switch
            {
                "/api/show" => """{"details":{},"capabilities":["completion","thinking"]}""",
                "/api/tags" => """
                    {"models":[{"name":"chat:latest","digest":"a","size":1,"modified_at":"2030-01-31T09:00:00Z"},
                     {"name":"coder:7b","digest":"a","size":1,"modified_at":"2030-01-31T09:00:00Z"}]}
                    """,
                "/api/generate" => """{"response":"","done":true}""",
                _ => "",
            };
            await WriteAsync(context, text);
            if (context.Request.Url.AbsolutePath == "/api/chat")
            {
                Asked.Enqueue(body);
                await ChatAsync(context);
            }
            else if (context.Request.Url.AbsolutePath == "/api/pull")
            {
                await PullAsync(context);
            }

            context.Response.Close();
        }
        catch (Exception error) when (error is HttpListenerException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Who asked has left.
        }
    }

    private async Task PullAsync(HttpListenerContext context)
    {
        await WriteAsync(context, """{"status":"pulling manifest"}""" + "\n");
        const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        for (var done = 0; done <= 10; done++)
        {
            var line = $"\"digest\":\"sha256:{Digest}\",\"total\":10000000,\"completed\":{done * 1_000_000}";
            await WriteAsync(context, $$"""{"status":"pulling {{Digest[..12]}}",{{line}}}""" + "\n");
            await Task.Delay(20, _over.Token);
        }

        await WriteAsync(context, """{"status":"success"}""" + "\n");
        _isPulled = true;
    }

    private async Task ChatAsync(HttpListenerContext context)
    {
        await WriteAsync(context, """{"message":{"role":"assistant","content":"","thinking":"생각 중입니다."},"done":false}""" + "\n");
        string[] words = ["The", " answer", " is", " long", ",", " 그래서", " 아직", " 끝나지", " 않습니다", " 🙂"];
        for (var at = 0; ; at = (at + 1) % words.Length)
        {
            await WriteAsync(context, $$$"""{"message":{"role":"assistant","content":"{{{words[at]}}}"},"done":false}""" + "\n");
            await Task.Delay(20, _over.Token);
        }
    }

    private async Task WriteAsync(HttpListenerContext context, string text)
    {
        if (text.Length == 0)
            return;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text), _over.Token);
        await context.Response.OutputStream.FlushAsync(_over.Token);
    }
}
