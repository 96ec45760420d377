using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Replies;

/// <summary>What a surface answers to a refused inference: the status, and the words where they are not the refusal's own.</summary>
internal static class RefusalReply
{
    /// <summary>The status that nginx gave to clients that went away; the reference has it from there.</summary>
    private const int ClientClosedRequest = 499;

    internal static Failure Of(InferenceRefusal refusal, InferenceVerb verb) =>
        new(StatusOf(refusal, verb), WordsOf(refusal, verb), IsInStream(refusal))
        {
            IsPlain = refusal is InferenceRefusal.CloudDisabled,
            RetryAfter = RetryAfter(refusal),
        };

    private static int StatusOf(InferenceRefusal refusal, InferenceVerb verb) => refusal switch
    {
        InferenceRefusal.BuildUnreadable unreadable => StoreStatus.Of(unreadable.Failure),

        InferenceRefusal.NoModelNamed when verb is InferenceVerb.Generate or InferenceVerb.Embed or InferenceVerb.Rerank =>
            StatusCodes.Status404NotFound,
        InferenceRefusal.DoesNotEmbed when verb is InferenceVerb.LegacyEmbed => StatusCodes.Status500InternalServerError,
        InferenceRefusal.InputTooLong when verb is InferenceVerb.LegacyEmbed => StatusCodes.Status500InternalServerError,
        InferenceRefusal.NoImages when verb is InferenceVerb.Chat => StatusCodes.Status500InternalServerError,

        InferenceRefusal.NoModelNamed or InferenceRefusal.InvalidName
            or InferenceRefusal.DoesNotThink or InferenceRefusal.DoesNotComplete or InferenceRefusal.Lacks or InferenceRefusal.NoImages
            or InferenceRefusal.InvalidOption or InferenceRefusal.RawWithTemplate or InferenceRefusal.ContinuesCalls
            or InferenceRefusal.CannotFollowSchema or InferenceRefusal.CannotConstrain
            or InferenceRefusal.TemplateFailed or InferenceRefusal.ArgumentsAreText
            or InferenceRefusal.PromptTooLong or InferenceRefusal.CutNeedsShift
            or InferenceRefusal.TemplateChangesPrompt or InferenceRefusal.TokenizerChangesPrompt
            or InferenceRefusal.InputEmpty or InferenceRefusal.InputTooLong or InferenceRefusal.NoRoomForInput
            or InferenceRefusal.PairTooLong
            or InferenceRefusal.NotFinite or InferenceRefusal.EngineRefused => StatusCodes.Status400BadRequest,

        // The reference answers 500; the fault is the client's.
        InferenceRefusal.InvalidFormat => StatusCodes.Status400BadRequest,

        InferenceRefusal.CloudDisabled or InferenceRefusal.NotServed => StatusCodes.Status403Forbidden,
        InferenceRefusal.UnknownModel => StatusCodes.Status404NotFound,
        InferenceRefusal.LoadCanceled => ClientClosedRequest,
        InferenceRefusal.NoWeights or InferenceRefusal.TemplateInvalid or InferenceRefusal.NeverFits or InferenceRefusal.LoadFailed
            or InferenceRefusal.EngineDied => StatusCodes.Status500InternalServerError,
        InferenceRefusal.DoesNotEmbed or InferenceRefusal.DoesNotRank => StatusCodes.Status501NotImplemented,
        InferenceRefusal.QueueFull or InferenceRefusal.WaitedTooLong or InferenceRefusal.KeepsDying or InferenceRefusal.Stopped =>
            StatusCodes.Status503ServiceUnavailable,
        _ => throw new UnreachableException(),
    };

    /// <summary>The words about a missing model depend on what it was wanted for (1.10).</summary>
    private static string WordsOf(InferenceRefusal refusal, InferenceVerb verb) => (refusal, verb) switch
    {
        (InferenceRefusal.NoModelNamed, InferenceVerb.Generate or InferenceVerb.Embed or InferenceVerb.Rerank) => "model '' not found",
        (InferenceRefusal.UnknownModel unknown, InferenceVerb.Embed or InferenceVerb.LegacyEmbed or InferenceVerb.Rerank) =>
            $"model \"{unknown.Model}\" not found, try pulling it first",
        _ => refusal.Message,
    };

    /// <summary>
    /// The reference detects these only after it has begun a stream, so its reply has no charset then.
    /// </summary>
    private static bool IsInStream(InferenceRefusal refusal) => refusal
        is InferenceRefusal.NoImages
        or InferenceRefusal.TemplateFailed or InferenceRefusal.TemplateInvalid or InferenceRefusal.ArgumentsAreText
        or InferenceRefusal.PromptTooLong or InferenceRefusal.CutNeedsShift
        or InferenceRefusal.EngineDied or InferenceRefusal.EngineRefused;

    private static TimeSpan? RetryAfter(InferenceRefusal refusal) => refusal switch
    {
        InferenceRefusal.QueueFull => TimeSpan.FromSeconds(1),
        InferenceRefusal.WaitedTooLong => TimeSpan.FromSeconds(10),
        InferenceRefusal.KeepsDying dying => TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(dying.Wait.TotalSeconds))),
        _ => null,
    };
}
