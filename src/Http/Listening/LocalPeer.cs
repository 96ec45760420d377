using System.Buffers.Binary;
using System.Net.Sockets;
using ModelOps.ModelStore.Native;

namespace ModelOps.Http.Listening;

/// <summary>The process at the other end of a connection over the socket of this machine, as the system vouches for it.</summary>
/// <param name="UserId">Number of its user.</param>
/// <param name="User">That user's name, or <c>uid 1000</c>.</param>
internal sealed record LocalPeer(uint UserId, string User)
{
    // getsockopt(2) of Linux: struct ucred of three numbers, process, user, group. Of macOS: struct xucred, a version and the user.
    private const int LinuxLevel = 1;
    private const int LinuxPeer = 17;
    private const int MacLevel = 0;
    private const int MacPeer = 1;
    private const int Length = 76;

    private const string Accounts = "/etc/passwd";

    /// <summary>Whose connection it is; null where the system does not say.</summary>
    internal static LocalPeer? Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[Length];
        try
        {
            var isMac = OperatingSystem.IsMacOS();
            if (!isMac && !OperatingSystem.IsLinux())
                return null;
            var length = socket.GetRawSocketOption(isMac ? MacLevel : LinuxLevel, isMac ? MacPeer : LinuxPeer, credentials);
            if (length < 8)
                return null;
            var user = BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
            return new LocalPeer(user, NameOf(user) ?? $"uid {user}");
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>It is the user of this process, or the one that may do everything anyway.</summary>
    internal bool IsTrusted => UserId == 0 || UserId == OwnProcess.UserId;

    private static string? NameOf(uint user)
    {
        try
        {
            return File.ReadLines(Accounts).Select(line => line.Split(':'))
                .FirstOrDefault(fields => fields.Length > 2 && fields[2] == $"{user}")?[0];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
