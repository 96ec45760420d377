using System.Security.Cryptography;

namespace ModelOps.Reconciler.State;

/// <summary>
/// A name that no other home has, in a file beside the database: records in a store that several homes share say by it whose they are.
/// </summary>
internal static class HomeIdentity
{
    private const int Bytes = 16;

    /// <exception cref="StateException">The file cannot be read or written.</exception>
    internal static string Of(string home)
    {
        var path = Path.Combine(home, "identity");
        try
        {
            if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: Bytes * 2 } known)
                return known;
            var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
            File.WriteAllText(path, made + "\n");
            return made;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StateException(home, $"{path} cannot be used: {error.Message}", error);
        }
    }
}
