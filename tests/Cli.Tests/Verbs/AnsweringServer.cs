using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ModelOps.Cli.Tests.Verbs;

/// <summary>Answers calls as a server of models does, with what a test says, and writes down what was asked.</summary>
internal sealed class AnsweringServer : IAsyncDisposable
{
    private const string NotThere = """{"error":"model not found"}""";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<string, string> _answers;
    private readonly Task _serving;

    /// <param name="answers">
    /// Bodies by <c>METHOD path</c>; one that is not 200 begins with the line of its status. What is not here is answered with 404.
    /// </param>
    internal AnsweringServer(params (string Call, string Body)[] answers)
    {
        _answers = answers.ToDictionary(answer => answer.Call, answer => answer.Body, StringComparer.Ordinal);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary><c>METHOD path body</c> of each request, in order.</summary>
    internal ConcurrentQueue<string> Requests { get; } = new();

    internal Shell Shell() => Shell(null, "");

    /// <summary>A command line that knows this server.</summary>
    /// <param name="home">Its state folder.</param>
    /// <param name="input">What comes in on its standard input.</param>
    internal Shell Shell(string? home, string input)
    {
        var shell = new Shell { Input = input };
        if (home is not null)
            shell.Environment["MODELOPS_HOME"] = home;
        shell.Environment["OLLAMA_HOST"] = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        return shell;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _serving;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_over.Token);
                var stream = client.GetStream();
                var (call, body) = await ReadAsync(stream, _over.Token);
                Requests.Enqueue($"{call} {body}".TrimEnd());
                var (status, answer) = _answers.TryGetValue(call, out var known) ? Split(known) : ("404 Not Found", NotThere);
                var head =
                    $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: "
                    + $"{Encoding.UTF8.GetByteCount(answer)}\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(
                    Encoding.UTF8.GetBytes(call.StartsWith("HEAD ", StringComparison.Ordinal) ? head : head + answer), _over.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has ended.
        }
    }

    private static (string Status, string Body) Split(string answer) =>
        answer.Length > 0 && char.IsAsciiDigit(answer[0]) && answer.Split('\n', 2) is [var status, var body]
            ? (status, body)
            : ("200 OK", answer);

    private static async Task<(string Call, string Body)> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var count = await stream.ReadAsync(buffer, cancellationToken);
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            var parts = text.ToString().Split("\r\n\r\n", 2);
            if (count == 0 || (parts.Length == 2 && parts[1].Length >= LengthOf(parts[0])))
            {
                var words = parts[0].Split(' ', 3);
                return ($"{words[0]} {words[1]}", parts[^1]);
            }
        }
    }

    private static int LengthOf(string head) => head.Split("\r\n")
        .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
        .Select(line => int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture)).FirstOrDefault();
}
