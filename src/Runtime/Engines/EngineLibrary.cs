using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Engines;

/// <summary>A look at the engine's libraries that does not load them: the daemon must not, and yet wants to say at its start what is missing.</summary>
public static class EngineLibrary
{
    /// <summary>Looks for the library's files.</summary>
    /// <param name="folder">Folder with the libraries, or null for <c>llama</c> beside the executable.</param>
    /// <exception cref="EngineUnavailableException">They are not there.</exception>
    public static void Check(string? folder) => LlamaLibrary.Locate(folder);
}
