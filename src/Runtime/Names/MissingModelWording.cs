using ModelOps.Prompting.Requests;

namespace ModelOps.Runtime.Names;

/// <summary>The same facts are told in other words by other endpoints: spec/http-apis.md 1.10.</summary>
internal sealed record MissingModelWording(Func<InferenceException> Empty, Func<string, InferenceException> NotFound, bool Canonicalises = true)
{
    internal static MissingModelWording Chat { get; } = new(
        () => new InferenceException(400, "model is required"), Plain);

    internal static MissingModelWording Generate { get; } = new(() => Plain(""), Plain);

    internal static MissingModelWording Embed { get; } = new(() => Plain(""), TryPulling);

    internal static MissingModelWording LegacyEmbed { get; } = new(
        () => new InferenceException(400, "model is required"), TryPulling, Canonicalises: false);

    private static InferenceException Plain(string name) => new(404, $"model '{name}' not found");

    private static InferenceException TryPulling(string name) => new(404, $"model \"{name}\" not found, try pulling it first");
}
