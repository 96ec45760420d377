using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Storage;

/// <summary>One blob of a model and what it is for.</summary>
/// <param name="MediaType">What it is for.</param>
/// <param name="Digest">The blob.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="From">Where it came from: the short name of the base model, or a file; empty when it is not known.</param>
/// <param name="Name">File name, in models of many files; usually empty.</param>
public sealed record Layer(string MediaType, Digest Digest, long Size, string From = "", string Name = "");
