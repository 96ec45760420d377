using System.Numerics;
using System.Security.Cryptography;

namespace ModelOps.ModelStore.Registry;

/// <summary>Ed25519 signatures as RFC 8032 defines them, which the platform has none of.</summary>
/// <remarks>
/// Not in constant time. It signs a few token requests with a key that stays on this machine, where nobody can time it closely
/// who could not read the key as well.
/// </remarks>
internal static class Ed25519
{
    public const int SeedLength = 32;

    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
    private static readonly BigInteger Curve = Reduce(-121665 * Inverse(121666));
    private static readonly Point Generator = new(
        BigInteger.Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202"),
        BigInteger.Parse("46316835694926478169428394003475163141307993866256225615783033603165251855960"));

    public static byte[] PublicKey(ReadOnlySpan<byte> seed) => Encode(Multiply(Generator, Scalar(SHA512.HashData(seed))));

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        var expanded = SHA512.HashData(seed);
        var secret = Scalar(expanded);
        var own = Encode(Multiply(Generator, secret));

        var nonce = Number(SHA512.HashData([.. expanded.AsSpan(32), .. message])) % Order;
        var commitment = Encode(Multiply(Generator, nonce));
        var challenge = Number(SHA512.HashData([.. commitment, .. own, .. message])) % Order;
        return [.. commitment, .. Bytes((nonce + (challenge * secret)) % Order)];
    }

    private static BigInteger Scalar(ReadOnlySpan<byte> expanded)
    {
        Span<byte> bits = stackalloc byte[32];
        expanded[..32].CopyTo(bits);
        bits[0] &= 0xF8;
        bits[31] = (byte)((bits[31] & 0x7F) | 0x40);
        return Number(bits);
    }

    private static Point Multiply(Point point, BigInteger scalar)
    {
        var (sum, step) = (new Extended(0, 1, 1, 0), Extended.Of(point));
        for (; !scalar.IsZero; scalar >>= 1)
        {
            if (!scalar.IsEven)
                sum = Add(sum, step);
            step = Add(step, step);
        }

        var inverse = Inverse(sum.Z);
        return new(Reduce(sum.X * inverse), Reduce(sum.Y * inverse));
    }

    // The complete addition law in extended coordinates (T = XY / Z); it doubles as well.
    private static Extended Add(Extended p, Extended q)
    {
        var a = Reduce((p.Y - p.X) * (q.Y - q.X));
        var b = Reduce((p.Y + p.X) * (q.Y + q.X));
        var c = Reduce(2 * p.T * q.T % Prime * Curve);
        var d = Reduce(2 * p.Z * q.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new(Reduce(e * f), Reduce(g * h), Reduce(f * g), Reduce(e * h));
    }

    private static byte[] Encode(Point point)
    {
        var bytes = Bytes(point.Y);
        bytes[31] |= point.X.IsEven ? (byte)0 : (byte)0x80;
        return bytes;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);

    private static byte[] Bytes(BigInteger value)
    {
        var bytes = new byte[32];
        value.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    private static BigInteger Reduce(BigInteger value)
    {
        var rest = value % Prime;
        return rest.Sign < 0 ? rest + Prime : rest;
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(value, Prime - 2, Prime);

    private readonly record struct Point(BigInteger X, BigInteger Y);

    private readonly record struct Extended(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T)
    {
        public static Extended Of(Point point) => new(point.X, point.Y, 1, Reduce(point.X * point.Y));
    }
}
