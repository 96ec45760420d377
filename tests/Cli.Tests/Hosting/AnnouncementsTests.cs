using ModelOps.Cli.Client;
using ModelOps.Cli.Hosting;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Cli.Tests.Hosting;

public sealed class AnnouncementsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("announced").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_server_without_a_model_says_where_models_come_from_and_gives_no_call_that_fails()
    {
        using var shell = new Shell();
        var store = LocalStore.Open(_folder, TimeProvider.System);

        new Announcements(shell.Context(), started: 0).AnnounceStore(store, ServerAddress.Parse("127.0.0.1:1"));

        Assert.Contains("There is no model yet: 'modelops pull NAME' gets one", shell.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("curl", shell.Output, StringComparison.Ordinal);
    }
}
