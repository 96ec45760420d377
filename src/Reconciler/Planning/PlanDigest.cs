using System.Security.Cryptography;

namespace ModelOps.Reconciler.Planning;

/// <summary>Names a plan by its content.</summary>
public static class PlanDigest
{
    /// <summary>64 hex digits.</summary>
    public static string Of(Plan plan) => Convert.ToHexStringLower(SHA256.HashData(PlanJson.Write(plan)));
}
