using System.Net.Sockets;

namespace ModelOps.LoadGenerator.Wire;

/// <summary>Several requests at once, read by one thread.</summary>
internal static class Streams
{
    /// <summary>Sends all, then reads until all replies are whole.</summary>
    internal static void Run(IReadOnlyList<Connection> connections, IReadOnlyList<byte[]> requests)
    {
        foreach (var connection in connections)
            connection.Ready();
        for (var index = 0; index < connections.Count; index++)
            connections[index].Send(requests[index]);

        var running = connections.ToDictionary(connection => connection.Socket);
        var ready = new List<Socket>(running.Count);
        while (running.Count > 0)
        {
            ready.Clear();
            ready.AddRange(running.Keys);
            if (ready.Count > 1)
                Socket.Select(ready, null, null, TimeSpan.FromMinutes(5));
            if (ready.Count == 0)
                throw new LoadException($"{connections[0].Server} was silent for five minutes");
            foreach (var socket in ready)
            {
                if (running[socket].Receive())
                    running.Remove(socket);
            }
        }

        foreach (var connection in connections)
            connection.Checked();
    }
}
