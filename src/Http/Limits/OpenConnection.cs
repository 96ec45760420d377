using Microsoft.AspNetCore.Connections;

namespace ModelOps.Http.Limits;

/// <summary>One connection as its limit sees it; found among the features of its requests.</summary>
internal sealed class OpenConnection(ConnectionContext connection, ConnectionLimit limit)
{
    /// <summary>Its place among those that do nothing; null while a request is answered.</summary>
    internal LinkedListNode<OpenConnection>? Place { get; set; }

    /// <summary>When it began to do nothing, as a timestamp of the clock.</summary>
    internal long IdleSince { get; set; }

    /// <summary>It has had at least one request.</summary>
    internal bool WasUsed { get; set; }

    /// <summary>How many requests are answered now.</summary>
    internal int Requests { get; set; }

    /// <summary>It no longer counts.</summary>
    internal bool IsGone { get; set; }

    /// <summary>What is sent when the web server is done with the connection; null for nothing.</summary>
    internal byte[]? LastWords { get; set; }

    /// <summary>A request is answered from here on.</summary>
    internal void Begin() => limit.Begin(this);

    /// <summary>The request was answered.</summary>
    internal void End() => limit.End(this);

    internal void Abort() => connection.Abort(new ConnectionAbortedException("another connection needed the place"));
}
