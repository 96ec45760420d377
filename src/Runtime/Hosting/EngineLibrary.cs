using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Hosting;

/// <summary>
/// The engine's libraries. The daemon only looks at their files, since it must not load them and yet says at its start what is
/// missing.
/// </summary>
public static class EngineLibrary
{
    /// <summary>Looks for the libraries' files and at the release in their names.</summary>
    /// <param name="folder">Folder with the libraries, or null for <c>llama</c> beside the executable.</param>
    /// <exception cref="EngineUnavailableException">One is not there, or is of another release.</exception>
    public static void Check(string? folder) => Translated(() => LlamaLibrary.Check(folder));

    /// <summary>Loads the libraries into this process, once; later calls return at once.</summary>
    /// <param name="folder">Folder with the libraries, or null for <c>llama</c> beside the executable.</param>
    /// <param name="headWidth">Numbers of an attention head of the first model, 0 when unknown.</param>
    /// <exception cref="EngineUnavailableException">They are missing, broken, or of another release.</exception>
    internal static void EnsureLoaded(string? folder, int headWidth = 0) => Translated(() => LlamaLibrary.EnsureLoaded(folder, headWidth));

    private static void Translated(Action look)
    {
        try
        {
            look();
        }
        catch (NativeException error)
        {
            throw new EngineUnavailableException(error.Message, error.InnerException);
        }
    }
}
