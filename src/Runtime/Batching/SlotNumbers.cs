namespace ModelOps.Runtime.Batching;

/// <summary>Numbers by which the native cache tells sequences apart, running and kept ones.</summary>
internal sealed class SlotNumbers
{
    private readonly Stack<int> _free = new();

    internal SlotNumbers(int count)
    {
        for (var slot = count - 1; slot >= 0; slot--)
            _free.Push(slot);
    }

    internal bool TryTake(out int slot) => _free.TryPop(out slot);

    internal void Return(int slot) => _free.Push(slot);
}
