using System.Security.Cryptography;
using System.Text;

namespace ModelOps.Reconciler.Sources;

/// <summary>Where the mirror of a source lies. It is named by the source, so that another spelling of the address finds it again.</summary>
internal static class MirrorFolder
{
    private const string AddressFile = "modelops-source";
    private const string SingleFiles = "modelops-files";

    /// <summary>Where it is, or would be.</summary>
    internal static string Of(string gitFolder, string source) => Path.Combine(Path.GetFullPath(gitFolder), source + ".git");

    /// <summary>Takes over a mirror that was named by its address.</summary>
    internal static void Adopt(string gitFolder, string source, string address)
    {
        var own = Of(gitFolder, source);
        var identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))[..16];
        var before = Path.Combine(Path.GetFullPath(gitFolder), identity + ".git");
        if (!Directory.Exists(own) && Directory.Exists(before))
            Directory.Move(before, own);
    }

    /// <summary>Address that the mirror was last made from; null when there is none.</summary>
    internal static string? AddressIn(string folder)
    {
        var file = Path.Combine(folder, AddressFile);
        return File.Exists(file) ? File.ReadAllText(file) : null;
    }

    internal static void Remember(string folder, string address)
    {
        if (AddressIn(folder) != address)
            File.WriteAllText(Path.Combine(folder, AddressFile), address);
    }

    /// <summary>Whether its ids have another length than that of a sample.</summary>
    internal static bool HasOtherIds(string folder, string sample)
    {
        var configuration = Path.Combine(folder, "config");
        return File.Exists(configuration)
            && File.ReadAllText(configuration).Contains("sha256", StringComparison.OrdinalIgnoreCase) != (sample.Length == 64);
    }

    internal static int Packs(string folder)
    {
        var packs = Path.Combine(folder, "objects", "pack");
        return Directory.Exists(packs) ? Directory.EnumerateFiles(packs, "*.pack").Count() : 0;
    }

    /// <summary>Whether a file of some name lies beside the packs.</summary>
    internal static bool Has(string folder, string pattern)
    {
        var packs = Path.Combine(folder, "objects", "pack");
        return Directory.Exists(packs) && Directory.EnumerateFiles(packs, pattern).Any();
    }

    /// <summary>Says of every pack that what it leads to may lie on the server alone; git forgets that when it joins packs.</summary>
    internal static void Promise(string folder)
    {
        foreach (var pack in Directory.EnumerateFiles(Path.Combine(folder, "objects", "pack"), "*.pack"))
            File.AppendAllText(Path.ChangeExtension(pack, ".promisor"), "");
    }

    /// <summary>Takes that back: everything is here.</summary>
    internal static void Fulfil(string folder)
    {
        foreach (var promise in Directory.EnumerateFiles(Path.Combine(folder, "objects", "pack"), "*.promisor"))
            File.Delete(promise);
    }

    /// <summary>A folder for one file that is brought by itself.</summary>
    internal static string ForOneFile(string folder) => Path.Combine(folder, SingleFiles, Guid.NewGuid().ToString("N"));

    /// <summary>Removes what a killed process left of such folders.</summary>
    internal static void Clean(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, SingleFiles)))
            Directory.Delete(Path.Combine(folder, SingleFiles), recursive: true);
    }

    internal static long Size(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        catch (IOException)
        {
            // Files come and go while git works; the next look will do.
            return 0;
        }
    }
}
