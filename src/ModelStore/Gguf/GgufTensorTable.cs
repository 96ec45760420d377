using System.Collections.Immutable;

namespace ModelOps.ModelStore.Gguf;

/// <summary>Reads the table of tensors and checks that every tensor lies inside the file, aligned, and over no other.</summary>
internal sealed class GgufTensorTable(GgufScanner scanner, int version, long alignment)
{
    private int LengthBytes => version == 1 ? 4 : 8;

    public ImmutableArray<GgufTensor> Read(long count, out long dataOffset)
    {
        var tensors = ImmutableArray.CreateBuilder<GgufTensor>((int)Math.Min(count, 1024));
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0L; index < count; index++)
        {
            var tensor = ReadTensor(index);
            if (!names.Add(tensor.Name))
                throw scanner.Broken($"the tensor \"{tensor.Name}\" is there twice");
            tensors.Add(tensor);
        }

        dataOffset = (scanner.Position + alignment - 1) / alignment * alignment;
        CheckPlaces(tensors, dataOffset);
        return tensors.DrainToImmutable();
    }

    private GgufTensor ReadTensor(long index)
    {
        var what = $"tensor {index + 1} of the table";
        var size = scanner.ReadBits(LengthBytes, what);
        if (size is 0 or > (ulong)GgufLimits.TensorNameBytes)
            throw scanner.Broken($"{what} has a name of {size} bytes");
        var name = scanner.ReadText((int)size, what);

        var shape = ReadShape(name, what);
        var number = scanner.ReadUInt32(what);
        var type = GgufTensorType.Find(number) ?? throw scanner.Broken($"the tensor \"{name}\" has the unknown type {number}");
        var offset = scanner.ReadUInt64(what);
        if (offset > long.MaxValue)
            throw scanner.Broken($"the tensor \"{name}\" begins at {offset}, past any file");
        if ((long)offset % alignment != 0)
            throw scanner.Broken($"the tensor \"{name}\" begins at {offset}, which is no multiple of {alignment}");
        return new(name, shape, type, (long)offset, Size(name, shape, type));
    }

    private ImmutableArray<long> ReadShape(string name, string what)
    {
        var dimensions = scanner.ReadUInt32(what);
        if (dimensions > GgufLimits.Dimensions)
            throw scanner.Broken($"the tensor \"{name}\" has {dimensions} dimensions, and at most {GgufLimits.Dimensions} are allowed");

        var shape = ImmutableArray.CreateBuilder<long>((int)dimensions);
        for (var index = 0; index < dimensions; index++)
        {
            var elements = scanner.ReadBits(LengthBytes, what);
            if (elements > long.MaxValue)
                throw scanner.Broken($"the tensor \"{name}\" has a dimension of {elements} elements");
            shape.Add((long)elements);
        }

        return shape.MoveToImmutable();
    }

    private long Size(string name, ImmutableArray<long> shape, GgufTensorType type)
    {
        var row = shape.Length > 0 ? shape[0] : 1;
        if (row % type.BlockElements != 0)
        {
            throw scanner.Broken(
                $"a row of the tensor \"{name}\" has {row} elements, and {type.Name} needs a multiple of {type.BlockElements}");
        }

        try
        {
            var size = type.RowBytes(row);
            for (var index = 1; index < shape.Length; index++)
                size = checked(size * shape[index]);

            // The number of elements must fit as well: a zero dimension would hide the product of the others.
            _ = new GgufTensor(name, shape, type, 0, size).Elements;
            return size;
        }
        catch (OverflowException)
        {
            throw scanner.Broken($"the tensor \"{name}\" claims [{string.Join(", ", shape)}] elements, more than any file holds");
        }
    }

    private void CheckPlaces(ImmutableArray<GgufTensor>.Builder tensors, long dataOffset)
    {
        var end = 0L;
        var previous = "";
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.Size))
        {
            if (tensor.Offset < end)
                throw scanner.Broken($"the tensors \"{previous}\" and \"{tensor.Name}\" lie over one another");
            if (tensor.Offset > scanner.Length - dataOffset || tensor.Size > scanner.Length - dataOffset - tensor.Offset)
            {
                throw scanner.Broken(
                    $"the tensor \"{tensor.Name}\" needs {tensor.Size} bytes from byte {dataOffset + (decimal)tensor.Offset} on, and the "
                    + $"file has {scanner.Length}; it is cut off or damaged");
            }

            (end, previous) = (tensor.Offset + tensor.Size, tensor.Name);
        }
    }
}
