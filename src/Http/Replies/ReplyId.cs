using System.Security.Cryptography;

namespace ModelOps.Http.Replies;

/// <summary>Identifiers of replies: the reference's prefixes, but unique.</summary>
internal static class ReplyId
{
    private const int Length = 24;

    /// <summary>A prefix and 24 hex digits.</summary>
    internal static string New(string prefix) => prefix + RandomNumberGenerator.GetHexString(Length, lowercase: true);
}
