using System.Globalization;

namespace ModelOps.ModelStore.Building;

/// <summary>
/// Checks that shards are complete and that their names, <c>prefix-00001-of-00003.gguf</c>, agree with what they say inside.
/// </summary>
internal static class ShardNames
{
    private const string Ending = ".gguf";

    public static ParsedFile[] InOrder(IReadOnlyList<ParsedFile> shards)
    {
        var byIndex = new SortedDictionary<long, ParsedFile>();
        foreach (var shard in shards)
        {
            var index = Index(shard);
            if (!byIndex.TryAdd(index, shard))
                throw StoreException.Damaged($"split GGUF has duplicate shard index {index}", shard.Name);
        }

        var first = shards[0];
        if (byIndex.Count != first.Facts.ShardCount)
        {
            throw StoreException.Damaged(
                $"split GGUF \"{first.Name}\" has {byIndex.Count} shards, expected {first.Facts.ShardCount}", first.Name);
        }

        if (byIndex.Keys.First() != 0)
            throw StoreException.Damaged("split GGUF is missing first shard", first.Name);
        return [.. byIndex.Values];
    }

    private static long Index(ParsedFile shard)
    {
        var (name, facts) = (shard.Name, shard.Facts);
        if (!TryParse(name, out var number, out var count))
            throw StoreException.Damaged($"split GGUF \"{name}\" must use llama.cpp split filename pattern", name);
        if (count != facts.ShardCount)
        {
            throw StoreException.Damaged(
                $"split GGUF \"{name}\" filename count {count} does not match metadata count {facts.ShardCount}", name);
        }

        if (facts.ShardIndex is not { } index)
            throw StoreException.Damaged($"split GGUF \"{name}\" is missing split.no metadata", name);
        return number - 1 == index
            ? index
            : throw StoreException.Damaged(
                $"split GGUF \"{name}\" filename index {number - 1} does not match metadata index {index}", name);
    }

    private static bool TryParse(string name, out int number, out int count)
    {
        (number, count) = (0, 0);
        if (!name.EndsWith(Ending, StringComparison.Ordinal))
            return false;
        var parts = name[..^Ending.Length].Split('-');
        return parts is [_, .., { Length: 5 } index, "of", { Length: 5 } total]
            && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && int.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out count)
            && number >= 1;
    }
}
