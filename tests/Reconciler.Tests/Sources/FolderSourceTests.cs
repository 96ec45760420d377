using System.Diagnostics;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Reconciler.Tests.Sources;

public sealed class FolderSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-folder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 20_000)]
    public async Task A_pipe_is_reported_and_never_waited_for()
    {
        File.WriteAllText(Path.Combine(_folder, "modelops.yaml"), "x");
        using (var made = Process.Start("mkfifo", [Path.Combine(_folder, "pipe")]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var git = new LocalGit(new SourceOptions { Location = _folder }, TimeProvider.System);
        var source = new FolderSource(_folder, git.Program, new SourceLimits());

        var tree = await source.OpenAsync(
            await source.FindTipAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

        var problem = Assert.Single(tree.Problems);
        Assert.Equal(
            ("RP1008", "pipe", "this is a named pipe; only regular files are read"), (problem.Code, problem.File, problem.Message));
        Assert.Equal(["modelops.yaml"], tree.Files.Keys);
    }
}
