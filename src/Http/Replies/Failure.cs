using System.Globalization;
using Microsoft.AspNetCore.Http;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Replies;

/// <summary>An inference that failed.</summary>
/// <param name="Status">HTTP status of the reference.</param>
/// <param name="Message">Its text.</param>
/// <param name="InStream">The reference would have begun its stream by then.</param>
internal readonly record struct Failure(int Status, string Message, bool InStream)
{
    /// <summary>Every surface writes it in the plain envelope of <c>/api</c> (6.1).</summary>
    internal bool IsPlain { get; init; }

    /// <summary>When to try again, where that is known.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    /// <param name="error">What the runtime said.</param>
    /// <param name="verb">What was asked for.</param>
    /// <param name="admitted">The request was admitted before that.</param>
    internal static Failure Of(InferenceException error, InferenceVerb verb, bool admitted)
    {
        var failure = RefusalReply.Of(error.Refusal, verb);
        return failure with { InStream = admitted || failure.InStream };
    }

    internal void WriteRetryAfter(HttpResponse response)
    {
        if (RetryAfter is { } delay && !response.HasStarted)
            response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }
}
