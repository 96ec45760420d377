namespace ModelOps.Cli.Tests.Verbs;

/// <summary><c>audit list</c> and <c>audit verify</c> on a state folder that a daemon wrote.</summary>
public sealed class AuditVerbTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Where_nothing_was_managed_there_is_nothing_to_read()
    {
        using var shell = new Shell { Folder = _folder.Path };
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("audit", "verify", "--home", _folder.Path));
        Assert.Contains("nothing was managed from there", shell.Error, StringComparison.Ordinal);
    }
}
