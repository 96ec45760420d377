using ModelOps.Prompting.Events;

namespace ModelOps.Http.Replies;

/// <summary>How a surface writes one or several answers of one request. Nothing is written before the first event of output.</summary>
internal interface ISamplesWriter
{
    /// <summary>Writes, or keeps, one event. The last of each answer is <see cref="InferenceEvent.Finished"/>.</summary>
    /// <param name="sample">Number of the answer, from 0.</param>
    /// <param name="item">The event.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    ValueTask WriteAsync(int sample, InferenceEvent item, CancellationToken cancellationToken);

    /// <summary>Ends the reply: every answer is finished.</summary>
    ValueTask EndAsync(CancellationToken cancellationToken);

    /// <summary>Ends the reply with an error, in the shape that the surface has for it before or after the first output.</summary>
    ValueTask FailAsync(Failure failure, CancellationToken cancellationToken);
}
