using System.Runtime.InteropServices;

namespace ModelOps.Cli.BuiltInGit.Native;

/// <summary>
/// The bytes of objects, which the binding does not hand out. The library is the one that the binding has loaded and initialised; its name
/// has the release in it, and a test notices when that is another one.
/// </summary>
internal static partial class RawObjects
{
    private const string Library = "git2-5853918";
    private const int IdBytes = 20;

    /// <summary>The bytes of an object; null when they cannot be read.</summary>
    /// <param name="repository">Folder of the repository.</param>
    /// <param name="id">The object, 40 hexadecimal digits.</param>
    internal static byte[]? Read(string repository, string id)
    {
        var bytes = Convert.FromHexString(id);
        if (bytes.Length != IdBytes || git_repository_open(out var opened, repository) != 0)
            return null;
        try
        {
            if (git_repository_odb(out var objects, opened) != 0)
                return null;
            try
            {
                return git_odb_read(out var found, objects, bytes) == 0 ? Copied(found) : null;
            }
            finally
            {
                git_odb_free(objects);
            }
        }
        finally
        {
            git_repository_free(opened);
        }
    }

    private static byte[] Copied(nint found)
    {
        try
        {
            var copy = new byte[checked((int)git_odb_object_size(found))];
            Marshal.Copy(git_odb_object_data(found), copy, 0, copy.Length);
            return copy;
        }
        finally
        {
            git_odb_object_free(found);
        }
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int git_repository_open(out nint repository, string path);

    [LibraryImport(Library)]
    private static partial void git_repository_free(nint repository);

    [LibraryImport(Library)]
    private static partial int git_repository_odb(out nint objects, nint repository);

    [LibraryImport(Library)]
    private static partial void git_odb_free(nint objects);

    [LibraryImport(Library)]
    private static partial int git_odb_read(out nint found, nint objects, byte[] id);

    [LibraryImport(Library)]
    private static partial nuint git_odb_object_size(nint found);

    [LibraryImport(Library)]
    private static partial nint git_odb_object_data(nint found);

    [LibraryImport(Library)]
    private static partial void git_odb_object_free(nint found);
}
