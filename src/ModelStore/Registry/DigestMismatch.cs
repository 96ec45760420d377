using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Registry;

/// <summary>What came is not what was asked for.</summary>
internal sealed record DigestMismatch(Digest Wanted, Digest Got)
{
    private const string Beginning = "digest mismatch, file must be downloaded again";

    public StoreException Error => StoreException.Failed($"{Beginning}: want {Wanted}, got {Got}", Wanted.ToString());

    public static bool Is(StoreException error) => error.Message.StartsWith(Beginning, StringComparison.Ordinal);
}
