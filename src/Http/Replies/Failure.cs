using ModelOps.ModelStore;
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

    internal static Failure Of(InferenceException error, bool admitted) => new(StatusOf(error), error.Message, admitted || error.InStream);

    /// <summary>A refusal whose cause lies in the store has the status of that.</summary>
    internal static int StatusOf(InferenceException error) => error.InnerException is StoreException cause ? StoreStatus.Of(cause.Failure) : error.Status;
}
