using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Replies;

/// <summary>An inference that did not work out.</summary>
/// <param name="Status">HTTP status of the reference.</param>
/// <param name="Message">Its text.</param>
/// <param name="InStream">The reference would have begun its stream by then.</param>
internal readonly record struct Failure(int Status, string Message, bool InStream)
{
    private const string CloudDisabled = "ollama cloud is disabled";

    /// <summary>The one refusal that has the plain shape on every surface (6.1).</summary>
    internal bool IsCloudRefusal => Status == 403 && Message.StartsWith(CloudDisabled, StringComparison.Ordinal);

    internal static Failure Of(InferenceException error, bool admitted) => new(error.Status, error.Message, admitted || error.InStream);
}
