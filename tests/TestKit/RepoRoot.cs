namespace ModelOps.TestKit;

/// <summary>Where the checkout under test lies.</summary>
public static class RepoRoot
{
    /// <summary>Absolute path of the folder that holds <c>ModelOps.sln</c>.</summary>
    public static string Path { get; } = Find();

    /// <summary>Joins path parts below the root.</summary>
    public static string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "ModelOps.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("ModelOps.sln was not found above the test's folder.");
    }
}
