using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Hosting;

/// <summary>A look at the engine's libraries that does not load them: the daemon must not, and yet wants to say at its start what is missing.</summary>
public static class EngineLibrary
{
    /// <summary>Looks for the libraries' files and at the release in their names.</summary>
    /// <param name="folder">Folder with the libraries, or null for <c>llama</c> beside the executable.</param>
    /// <exception cref="EngineUnavailableException">One is not there, or is of another release.</exception>
    public static void Check(string? folder) => LlamaLibrary.Check(folder);
}
