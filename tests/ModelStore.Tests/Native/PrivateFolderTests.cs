using System.Runtime.Versioning;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Native;

[UnsupportedOSPlatform("windows")]
public sealed class PrivateFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-private-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_new_one_is_for_its_user_only()
    {
        var home = Path.Combine(_folder, "home");
        Assert.Null(PrivateFolder.Prepare(home, "store"));
        Assert.Equal("700", Mode(home));
        Assert.Null(PrivateFolder.Prepare(home, "store"));
    }

    [Fact]
    public void One_that_others_could_read_is_narrowed_with_what_is_ours_in_it_and_told_once()
    {
        var home = Path.Combine(_folder, "home");
        Directory.CreateDirectory(Path.Combine(home, "store", "blobs"));
        foreach (var file in (string[])["state.db", "store/blobs/one", "mine.txt"])
            File.WriteAllText(Path.Combine(home, file), "x");
        File.WriteAllText(Path.Combine(_folder, "weights"), "x");
        Link(Path.Combine(_folder, "weights"), Path.Combine(home, "store", "blobs", "linked"));
        foreach (var path in Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(path, (UnixFileMode)(Directory.Exists(path) ? 0b111_101_101 : 0b110_100_100));

        Assert.Equal((UnixFileMode)0b111_101_101, PrivateFolder.Prepare(home, "state.db", "store", "absent"));

        Assert.Equal(
            ["700", "600", "700", "700", "600", "644", "644"],
            ((string[])["", "state.db", "store", "store/blobs", "store/blobs/one", "store/blobs/linked", "mine.txt"])
                .Select(path => Mode(Path.Combine(home, path))));
        Assert.Null(PrivateFolder.Prepare(home, "state.db", "store", "absent"));
    }

    [Fact]
    public void A_folder_that_everybody_shares_is_not_taken_from_them()
    {
        var shared = Path.Combine(_folder, "tmp");
        Directory.CreateDirectory(shared);
        File.SetUnixFileMode(shared, (UnixFileMode)0b1_111_111_111);
        Assert.Throws<IOException>(() => PrivateFolder.Prepare(shared, "store"));
        Assert.Throws<IOException>(() => PrivateFolder.Prepare("/", "store"));
        Assert.Equal("1777", Mode(shared));
    }

    [Theory]
    [InlineData(0b111_000_000, "600", "700")]
    [InlineData(0b111_101_101, "644", "755")]
    [InlineData(0b111_101_000, "640", "750")]
    [InlineData(0b10_111_111_000, "660", "2770")]
    public void What_is_stored_may_be_read_by_whoever_may_use_the_store(int mode, string ofFiles, string ofFolders)
    {
        var root = Path.Combine(_folder, "store");
        Directory.CreateDirectory(root);
        File.SetUnixFileMode(root, (UnixFileMode)mode);
        var store = LocalStore.Open(root, TimeProvider.System);
        var blob = store.Blobs.Write("content"u8);
        using (store.HoldBlobs())
        {
            Assert.Equal(ofFiles, Mode(store.Blobs.PathOf(blob.Digest)));
            Assert.Equal(ofFolders, Mode(store.Blobs.Folder));
            Assert.Equal(ofFolders, Mode(Path.Combine(root, "manifests")));
            Assert.Equal(ofFiles, Mode(Path.Combine(root, ".modelops-store.lock")));
        }

        Assert.Equal(ofFolders, Mode(root));
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private static void Link(string existing, string created)
    {
        using var made = System.Diagnostics.Process.Start("ln", [existing, created]);
        made.WaitForExit();
    }
}
