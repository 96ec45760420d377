namespace ModelOps.Templates.Jinja.Values;

/// <summary>A slice applied to a length: which indexes it takes.</summary>
internal readonly record struct Bounds(long Start, long Step, long Count, long Stop = 0)
{
    public static Bounds Of(object? start, object? stop, object? step, long length)
    {
        var stride = step is null ? 1 : Whole(step);
        if (stride == 0)
            throw PythonError.Value("slice step cannot be zero");
        stride = Math.Clamp(stride, -long.MaxValue / 4, long.MaxValue / 4);
        var (low, high) = stride > 0 ? (0L, length) : (-1L, length - 1);
        var first = start is null ? (stride > 0 ? low : high) : Clamp(Whole(start), length, low, high);
        var last = stop is null ? (stride > 0 ? high : low) : Clamp(Whole(stop), length, low, high);
        var count = stride > 0 ? (last - first + stride - 1) / stride : (first - last - stride - 1) / -stride;
        return new Bounds(first, stride, Math.Max(0, count), last);
    }

    private static long Clamp(long index, long length, long low, long high) =>
        Math.Clamp(index < 0 ? Math.Max(index, -length - 1) + length : index, low, high);

    private static long Whole(object? value) => Numbers.IsInteger(value)
        ? Numbers.Index(value)
        : value is Undefined undefined ? throw undefined.Error()
        : throw PythonError.Type("slice indices must be integers or None or have an __index__ method");
}
