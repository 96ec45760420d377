using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Registry;

/// <summary>One piece of a blob on its way to a registry.</summary>
/// <param name="Content">The blob.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Number">Number of the piece.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Received">Bytes of the whole blob that the registry has from earlier; the piece begins after them.</param>
internal sealed record UploadPart(SafeFileHandle Content, Digest Digest, int Number, long Offset, long Size, long Received)
{
    private readonly long _skipped = Math.Clamp(Received - Offset, 0, Size);
    private long _sent;

    /// <summary>First byte that is sent.</summary>
    public long First => Offset + _skipped;

    /// <summary>Bytes that are to be sent.</summary>
    public long Left => Size - _skipped;

    /// <summary>Bytes of it that have left, now or earlier. Goes back when it is sent again.</summary>
    public long Sent
    {
        get => _skipped + Volatile.Read(ref _sent);
        set => Volatile.Write(ref _sent, value);
    }

    /// <summary>MD5 of what was sent last, which object stores put into the name of a version; no protection is meant.</summary>
    public byte[] Md5 { get; set; } = [];

    public FileSection Body(Action alive, IncrementalHash? hash) => new(Content, First, Left, sent => Note(sent, alive), hash);

    private void Note(long sent, Action alive)
    {
        Sent = sent;
        alive();
    }
}
