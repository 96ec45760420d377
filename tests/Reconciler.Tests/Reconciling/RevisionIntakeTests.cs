using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Reconciling;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Reconciler.Tests.Status;

namespace ModelOps.Reconciler.Tests.Reconciling;

public sealed class RevisionIntakeTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly GitRepository _repository = new();
    private readonly StateDatabase _database;

    public RevisionIntakeTests() => _database = StateDatabase.Open(_home.Combine("state.db"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        _repository.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task A_source_is_asked_once_for_each_look_and_the_fetch_takes_what_was_found()
    {
        var source = await SourceAsync();
        var intake = IntakeOf(source);
        var first = _repository.Commit(
            "one", ("modelops.yaml", "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: test }\nspec:\n  models: []\n"));

        Assert.True(await LookAsync(intake));
        Assert.False(await LookAsync(intake));

        Assert.Equal(["find", "fetch " + first, "find"], source.Calls);
        Assert.Equal(first, intake.State.Accepted?.Desired.Revision);
    }

    [Fact]
    public async Task What_was_known_before_a_look_is_not_changed_by_it()
    {
        var intake = IntakeOf(await SourceAsync());
        var before = intake.State;
        var broken = _repository.Commit("one", ("modelops.yaml", "kind: Nothing\n"));

        Assert.False(await LookAsync(intake));

        Assert.Null(before.Rejected);
        Assert.Equal((broken, ConditionReason.InvalidRevision), (intake.State.Rejected?.Revision, intake.State.Rejected?.Reason));
    }

    private async Task<CountingSource> SourceAsync() =>
        new(
            await RepositorySources.OpenAsync(
                _home.Combine("git"), new SourceOptions { Location = _repository.Path }, TimeProvider.System, Token));

    private static async Task<bool> LookAsync(RevisionIntake intake) => await intake.TakeAsync(await intake.LookAsync(Token), Token);

    private RevisionIntake IntakeOf(IRepositorySource source)
    {
        var options = new SourceOptions { Location = _repository.Path };
        var events = new EventLog(new EventRecords(_database), new StatusBoard(new ShownRuntime(), TimeProvider.System), TimeProvider.System);
        var content = new ContentWatch(
            LocalStore.Open(_home.Combine("store"), TimeProvider.System), new ContentPins(_database), new BuildRecords(_database));
        return new RevisionIntake(
            source, options, HostFiles.None, new RevisionRecords(_database, options.Name), new SourceRecords(_database), events,
            new WeightsLook(_ => null), content, new SourceClaims(new ManagedNames(_database)), TimeProvider.System);
    }

    /// <summary>Writes down what is asked of a source.</summary>
    private sealed class CountingSource(IRepositorySource inner) : IRepositorySource
    {
        internal List<string> Calls { get; } = [];

        public string Display => inner.Display;

        public Task<string> FindTipAsync(CancellationToken cancellationToken)
        {
            Calls.Add("find");
            return inner.FindTipAsync(cancellationToken);
        }

        public Task<string> FetchAsync(string tip, CancellationToken cancellationToken)
        {
            Calls.Add("fetch " + tip);
            return inner.FetchAsync(tip, cancellationToken);
        }

        public Task<bool> DescendsAsync(string revision, string ancestor, CancellationToken cancellationToken) =>
            inner.DescendsAsync(revision, ancestor, cancellationToken);

        public Task KeepAsync(string revision, CancellationToken cancellationToken) => inner.KeepAsync(revision, cancellationToken);

        public Task<IRevisionTree> OpenAsync(string revision, CancellationToken cancellationToken) =>
            inner.OpenAsync(revision, cancellationToken);
    }
}
