using System.Net;

namespace ModelOps.Http.Listening;

/// <summary>A socket that listens already: a service manager opened it and hands it over.</summary>
/// <param name="Descriptor">Its number in this process.</param>
/// <param name="Address">Where it listens: an <see cref="IPEndPoint"/>, or the path of a socket of this machine.</param>
public sealed record HandedSocket(int Descriptor, EndPoint Address)
{
    /// <summary>It is reached over a network, of this machine at least.</summary>
    public bool IsNetwork => Address is IPEndPoint;
}
