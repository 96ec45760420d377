using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore;

/// <summary>
/// What a <see cref="StoreException"/> is about. A closed set; its catcher decides by the case and never by the text.
/// </summary>
/// <param name="Message">What happened, in the reference's words where it has some.</param>
public abstract record StoreFailure(string Message)
{
    /// <summary>The request, or a file that it brings, cannot be used. Only another request helps.</summary>
    public sealed record Invalid(string Message) : StoreFailure(Message);

    /// <summary>The request names a model of a cloud, and none is asked here.</summary>
    public sealed record CloudDisabled() : StoreFailure("ollama cloud is disabled: remote model is unavailable");

    /// <summary>A build was here when the work began, and was removed since.</summary>
    public sealed record BuildGone(ModelName Model) : StoreFailure($"the build of {Model.PlainName} is gone");

    /// <summary>A file, a blob, or a model of a registry is not there.</summary>
    public sealed record Absent(string Message) : StoreFailure(Message);

    /// <summary>What is there cannot be read.</summary>
    public sealed record Unreadable(string Message) : StoreFailure(Message);

    /// <summary>What was read contradicts itself or its own format.</summary>
    public sealed record Damaged(string Message) : StoreFailure(Message);

    /// <summary>What was fetched has another content than its name says.</summary>
    public sealed record OtherContent(Digest Wanted, Digest Got)
        : StoreFailure($"digest mismatch, file must be downloaded again: want {Wanted}, got {Got}");

    /// <summary>A file was edited while, or after, it was taken.</summary>
    public sealed record Changed(string Message) : StoreFailure(Message);

    /// <summary>The weights claim sizes that no machine has.</summary>
    public sealed record TooLarge() : StoreFailure("the weights claim sizes that no machine has");

    /// <summary>This server, its engine or its disk has no way to do it.</summary>
    public sealed record Unsupported(string Message) : StoreFailure(Message);

    /// <summary>The engine could not say how much memory the weights take.</summary>
    /// <param name="Weights">Path of the weights.</param>
    /// <param name="Why">What the engine said.</param>
    public sealed record Unmeasured(string Weights, string Why) : StoreFailure($"the engine cannot measure {Weights}: {Why}");

    /// <summary>The disk is full.</summary>
    /// <param name="Message">The folder, and both numbers.</param>
    /// <param name="Bytes">Bytes that were to be written.</param>
    /// <param name="Free">Bytes that are free.</param>
    public sealed record NoSpace(string Message, long Bytes, long Free) : StoreFailure(Message)
    {
        internal static NoSpace In(string folder, long bytes, long free) =>
            new($"the disk of {folder} is full: {bytes} bytes were to be written, {free} are free", bytes, free);
    }

    /// <summary>The disk refused a write for another reason than space.</summary>
    public sealed record Unwritable(string Message) : StoreFailure(Message);

    /// <summary>Another process removes from the store and does not end.</summary>
    public sealed record Locked(string Message) : StoreFailure(Message);

    /// <summary>The registry knows us and refuses, or wants to know us and cannot.</summary>
    public sealed record Denied() : StoreFailure("unauthorized: access denied");

    /// <summary>A registry leads to where our credentials or its content would go unprotected.</summary>
    public sealed record Untrusted(string Message) : StoreFailure(Message);

    /// <summary>A registry, or the network before it, failed.</summary>
    public sealed record RegistryFailed(string Message) : StoreFailure(Message);
}
