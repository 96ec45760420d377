using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests;

/// <summary>Refusals for tests that look at what a surface does with one, whichever it is.</summary>
internal static class Some
{
    /// <summary>A refusal that every surface answers with the status.</summary>
    internal static InferenceException Refusal(int status, string message = "no") => new(status switch
    {
        400 => new InferenceRefusal.EngineRefused(message),
        404 => new InferenceRefusal.UnknownModel(message),
        500 => new InferenceRefusal.EngineDied(message),
        503 => new InferenceRefusal.WaitedTooLong(message),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "no refusal is used for it"),
    });
}
