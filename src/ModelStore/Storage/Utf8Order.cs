using System.Text;

namespace ModelOps.ModelStore.Storage;

/// <summary>Orders texts by their UTF-8 bytes, which differs from UTF-16 order above the basic plane.</summary>
internal static class Utf8Order
{
    public static IComparer<string> Comparer { get; } = Comparer<string>.Create(
        (left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
}
