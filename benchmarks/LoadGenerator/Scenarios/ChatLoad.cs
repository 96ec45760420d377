using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.LoadGenerator.Servers;
using ModelOps.LoadGenerator.Wire;

namespace ModelOps.LoadGenerator.Scenarios;

/// <summary>
/// Four readers that ask one question without a pause, and check that every answer is whole and all of it by the build that its header
/// names.
/// </summary>
internal sealed class ChatLoad : IDisposable
{
    private const int Readers = 4;
    private const int MostTold = 10;

    private static readonly byte[] Question = Requests.Post("/api/chat", new JsonObject
    {
        ["model"] = "model0",
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "What is the capital of Japan?" }),
        ["options"] = new JsonObject { ["temperature"] = 0 },
    });

    private readonly Subject _server;
    private readonly IReadOnlyDictionary<string, string> _expected;
    private readonly Thread[] _threads;
    private readonly List<double> _times = [];
    private volatile bool _stopping;

    /// <param name="server">Whom to ask.</param>
    /// <param name="expected">The right answer of each build.</param>
    internal ChatLoad(Subject server, IReadOnlyDictionary<string, string> expected)
    {
        (_server, _expected) = (server, expected);
        _threads = [.. Enumerable.Range(0, Readers).Select(_ => new Thread(Read) { IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Answers that failed, ended too early, or were not those of their build.</summary>
    internal int Bad { get; private set; }

    /// <summary>One answer and the digest of the build that gave it.</summary>
    /// <exception cref="LoadException">It failed or is not whole.</exception>
    internal static (string Build, string Text, double Milliseconds) Ask(Subject server)
    {
        using var connection = server.Connect();
        return Ask(connection);
    }

    /// <summary>Ends the readers after their answers.</summary>
    /// <returns>What each answer took, in milliseconds.</returns>
    internal IReadOnlyList<double> Stop()
    {
        Dispose();
        return _times;
    }

    public void Dispose()
    {
        _stopping = true;
        Array.ForEach(_threads, thread => thread.Join());
    }

    private static (string Build, string Text, double Milliseconds) Ask(Connection connection)
    {
        var reply = connection.Ask(Question);
        var text = new StringBuilder();
        string? reason = null;
        foreach (var line in Encoding.UTF8.GetString(reply.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var item = JsonNode.Parse(line)!;
            text.Append((string?)item["message"]?["content"]);
            reason = (string?)item["done_reason"] ?? (item["error"] is { } error ? $"error: {error}" : null);
        }

        return reason == "stop"
            ? (Encoding.ASCII.GetString(reply.Value("x-modelops-build"u8)), text.ToString(), connection.Total.TotalMilliseconds)
            : throw new LoadException($"an answer ended with '{reason}': {text}");
    }

    private void Read()
    {
        using var connection = _server.Connect();
        while (!_stopping)
        {
            var problem = "";
            try
            {
                var (build, text, milliseconds) = Ask(connection);
                if (_expected.GetValueOrDefault(build) != text)
                    problem = $"build {build} said: {text}";
                lock (_times)
                    _times.Add(milliseconds);
            }
            catch (Exception error) when (error is LoadException or SocketException)
            {
                problem = error.Message;
            }

            if (problem.Length == 0)
                continue;
            lock (_times)
            {
                if (++Bad <= MostTold)
                    Console.Error.WriteLine($"  {problem}");
            }

            // A server that is gone would be asked a million times.
            Thread.Sleep(10);
        }
    }
}
