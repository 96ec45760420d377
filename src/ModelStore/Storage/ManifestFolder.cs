using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Storage;

/// <summary>The folder of manifests: host, namespace, model and tag, exactly four levels.</summary>
internal sealed class ManifestFolder(string folder, string temporaryFolder)
{
    // Files that operating systems leave in folders; they are not manifests and protect nothing.
    private static readonly string[] Strewn = [".DS_Store", "Thumbs.db", "desktop.ini"];

    public string PathOf(ModelName name) => Path.Combine(folder, name.Host, name.Namespace, name.Model, name.Tag);

    /// <summary>Every file at the level of tags, with its name when that is valid.</summary>
    public IEnumerable<(string Path, ModelName? Name)> Files()
    {
        foreach (var host in Folders(folder))
        {
            foreach (var space in Folders(host))
            {
                foreach (var model in Folders(space))
                {
                    foreach (var path in Directory.EnumerateFiles(model))
                    {
                        if (Strewn.Contains(Path.GetFileName(path)))
                            continue;
                        var relative = $"{Leaf(host)}/{Leaf(space)}/{Leaf(model)}/{Leaf(path)}";
                        yield return (path, ModelName.TryParsePath(relative, out var name) ? name : null);
                    }
                }
            }
        }
    }

    /// <summary>Names that have a manifest file, readable or not.</summary>
    public IEnumerable<ModelName> Names() => Files().Select(file => file.Name).OfType<ModelName>();

    /// <summary>Gives every part of a name the case that a stored name has it in, as the reference does: part by part.</summary>
    public ModelName Canonicalise(ModelName name)
    {
        // Reserved names are written in one case, and only by us: they are not looked for in a store of thousands.
        if (name.IsReserved || File.Exists(PathOf(name)))
            return name;

        var names = Names()
            .Where(known => !known.IsReserved)
            .OrderBy(known => known.FullName, StringComparer.Ordinal)
            .ToArray();
        return new ModelName(
            Part(names, known => known.Host, name.Host),
            Part(names, known => known.Namespace, name.Namespace),
            Part(names, known => known.Model, name.Model),
            Part(names, known => known.Tag, name.Tag));
    }

    /// <summary>Writes a manifest durably: readers see the old one or the new one.</summary>
    public void Write(ModelName name, ReadOnlySpan<byte> bytes)
    {
        var path = PathOf(name);
        try
        {
            CreateFolders(Path.GetDirectoryName(path)!);
            DurableFile.Replace(path, temporaryFolder, bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DiskFailed.Explain(folder, bytes.Length, error);
        }
    }

    /// <summary>Removes a manifest and the folders that are empty then. False when there was none.</summary>
    public bool Delete(ModelName name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
            return false;
        File.Delete(path);
        PosixFiles.SyncFolder(Path.GetDirectoryName(path)!);
        RemoveEmptyParents(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Removes every folder below that holds nothing.</summary>
    public void RemoveEmptyFolders()
    {
        foreach (var model in Folders(folder).SelectMany(Folders).SelectMany(Folders).ToArray())
            RemoveEmptyParents(model);
    }

    private static string Part(ModelName[] names, Func<ModelName, string> part, string wanted)
    {
        var matches = names.Select(part).Where(known => string.Equals(known, wanted, StringComparison.OrdinalIgnoreCase)).ToArray();
        return matches.Contains(wanted, StringComparer.Ordinal) ? wanted : matches.FirstOrDefault() ?? wanted;
    }

    private static string Leaf(string path) => Path.GetFileName(path);

    private static IEnumerable<string> Folders(string parent) => Directory.Exists(parent) ? Directory.EnumerateDirectories(parent) : [];

    private static void CreateFolders(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(path)!;
        CreateFolders(parent);
        StoreFolder.Create(path);
        PosixFiles.SyncFolder(parent);
    }

    // A write into a folder that vanishes between its making and the rename fails cleanly and is tried again by its caller.
    private void RemoveEmptyParents(string path)
    {
        for (var current = path; current.Length > folder.Length; current = Path.GetDirectoryName(current)!)
        {
            try
            {
                Directory.Delete(current);
            }
            catch (IOException)
            {
                return;
            }
        }
    }
}
