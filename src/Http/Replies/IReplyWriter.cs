using ModelOps.Prompting.Events;

namespace ModelOps.Http.Replies;

/// <summary>How a surface writes the one answer of a request. Nothing is written before the first event of output.</summary>
internal interface IReplyWriter
{
    /// <summary>Writes, or keeps, one event; the last is <see cref="InferenceEvent.Finished"/>.</summary>
    ValueTask WriteAsync(InferenceEvent item, CancellationToken cancellationToken);

    /// <summary>Ends the reply with an error, in the shape that the surface has for it before or after the first output.</summary>
    ValueTask FailAsync(Failure failure, CancellationToken cancellationToken);
}
