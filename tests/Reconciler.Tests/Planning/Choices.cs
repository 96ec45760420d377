namespace ModelOps.Reconciler.Tests.Planning;

/// <summary>
/// Makes decisions from a list of bytes. A shorter list and smaller bytes make a simpler world, so that shrinking the list shrinks the
/// world.
/// </summary>
internal sealed class Choices(byte[] bytes)
{
    private int _at;

    /// <summary>Everything that is decided from now on is the simplest.</summary>
    internal bool AreOver => _at >= bytes.Length;

    /// <summary>0 to <paramref name="count"/> - 1; the first when the list is at its end.</summary>
    internal int Of(int count) => _at < bytes.Length ? bytes[_at++] % count : 0;

    /// <summary>True once in <paramref name="count"/> times.</summary>
    internal bool Once(int count) => Of(count) == count - 1;

    internal T Of<T>(params ReadOnlySpan<T> items) => items[Of(items.Length)];
}
