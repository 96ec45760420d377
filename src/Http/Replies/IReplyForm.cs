using ModelOps.Prompting.Events;

namespace ModelOps.Http.Replies;

/// <summary>How one surface tells an inference to its client. Nothing is written before the first event of output.</summary>
internal interface IReplyForm
{
    /// <summary>Tells, or keeps, one event; the last is <see cref="InferenceEvent.Finished"/>.</summary>
    ValueTask TellAsync(InferenceEvent item, CancellationToken cancellationToken);

    /// <summary>Tells that there will be no more, in the form that the surface has for it before or after the first output.</summary>
    ValueTask FailAsync(Failure failure, CancellationToken cancellationToken);
}
