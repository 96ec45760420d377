using ModelOps.Cli.Hosting;
using ModelOps.Http.Keys;

namespace ModelOps.Cli.Tests.Hosting;

public sealed class FirstKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keys").FullName;

    private string Path => System.IO.Path.Combine(_folder, "keys");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_may_do_everything_and_is_made_once()
    {
        var key = FirstKey.Make(Path, TimeProvider.System);
        Assert.StartsWith(KeyText.Prefix, key, StringComparison.Ordinal);
        var kept = Assert.Single(new KeyFile(Path).Read());
        Assert.Equal(("admin", KeyScope.Admin), (kept.Name, kept.Scopes));

        Assert.Null(FirstKey.Make(Path, TimeProvider.System));
        Assert.Equal(kept.Id, Assert.Single(new KeyFile(Path).Read()).Id);
    }

    [Fact]
    public void Who_revoked_all_keys_gets_none()
    {
        FirstKey.Make(Path, TimeProvider.System);
        new KeyFile(Path).Change(_ => []);
        Assert.Null(FirstKey.Make(Path, TimeProvider.System));
        Assert.Empty(new KeyFile(Path).Read());
    }
}
