using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Building;

/// <summary>What makes a file useless as weights. Builds ask it, and so does who reviews a repository before anything is built.</summary>
public static class WeightsCheck
{
    /// <summary>Reads a file as a build would.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="name">How its user knows it.</param>
    /// <exception cref="StoreException">It cannot be used; the message says why, and what to do.</exception>
    public static GgufFile Read(string path, string name) => Usable(GgufFile.Read(path, name), name);

    /// <summary>
    /// The same of a file of which there is only a stream, such as one of a git repository. No more is read than its header.
    /// </summary>
    /// <param name="content">Its bytes, from the first on.</param>
    /// <param name="length">How many there are in all.</param>
    /// <param name="name">How its user knows it.</param>
    /// <param name="read">Takes what is wanted of it; the file is gone afterwards.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">It cannot be used.</exception>
    public static async Task<T> ReadAsync<T>(
        Stream content, long length, string name, Func<GgufFile, T> read, CancellationToken cancellationToken)
    {
        var spool = Path.GetTempFileName();
        try
        {
            await using var head = new FileStream(spool, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            for (var wanted = 1L << 20; ; wanted *= 4)
            {
                await CopyAsync(content, head, Math.Min(wanted, length), cancellationToken);
                if (GgufFile.ReadBeginning(spool, name, length, head.Length) is { } file)
                    return read(Usable(file, name));
                if (head.Length < Math.Min(wanted, length))
                    throw StoreException.Unreadable($"{name} cannot be read: it ends after {head.Length} of {length} bytes", name);
            }
        }
        finally
        {
            File.Delete(spool);
        }
    }

    /// <summary>
    /// Requires an adapter to be made for the weights that it is put on. What a file does not say is not held against it.
    /// </summary>
    /// <exception cref="StoreException">It is for others.</exception>
    public static void RequireFit(string weights, string adapter)
    {
        if (!Fits(weights, adapter))
            throw StoreException.Invalid($"the adapter was made for {adapter}, the base is {weights}");
    }

    /// <summary>Whether an adapter of one architecture can be put on weights of another; empty for what a file does not say.</summary>
    public static bool Fits(string weights, string adapter) =>
        weights.Length == 0 || adapter.Length == 0 || string.Equals(weights, adapter, StringComparison.OrdinalIgnoreCase);

    private static GgufFile Usable(GgufFile file, string name)
    {
        if (file.IsBigEndian)
        {
            throw StoreException.Invalid(
                $"{name} is a GGUF file with the high byte first, which cannot be served. Convert it, with llama.cpp: python "
                + $"gguf_convert_endian.py {name} little",
                name);
        }

        return GgufShape.Refusal(file) is { } refusal ? throw StoreException.Invalid($"{name}: {refusal}", name) : file;
    }

    private static async Task CopyAsync(Stream from, Stream to, long until, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 << 10];
        while (to.Position < until)
        {
            var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, until - to.Position)), cancellationToken);
            if (read == 0)
                break;
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        await to.FlushAsync(cancellationToken);
    }
}
