using System.Globalization;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Tests.Planning;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>
/// A daemon that lives through commits, faults, commands, clock jumps and restarts as a list of bytes decides, beside a small model of what
/// must be true of it meanwhile and in the end.
/// </summary>
internal sealed class RandomCourse(byte[] bytes) : IAsyncDisposable
{
    private const int MostSteps = 60;

    private static readonly string[] s_names = ["a", "b", "c"];

    private readonly Choices _choices = new(bytes);
    private readonly CourseTime _time = new();
    private readonly CourseEvents _events = new();
    private readonly HashSet<string> _foreign = new(StringComparer.Ordinal);
    private readonly HashSet<string> _anybodys = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private CourseSet _declared = CourseSet.Empty;
    private ReconcileHost _host = null!;
    private bool _suspended;
    private int _commits;
    private volatile bool _fails;

    /// <summary>How many steps all courses went.</summary>
    internal static long Steps { get; private set; }

    internal List<string> Log { get; } = [];

    private string Git => Path.Combine(_host.Repository.Path, ".git");

    private string Away => Git + "-away";

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>Goes the course, and then to its end: no faults, holds or suspensions, and nothing left to do.</summary>
    internal async Task RunAsync()
    {
        _host = new ReconcileHost(_time);
        Commit();
        Arm();
        await _host.StartAsync();
        await _host.SyncAsync();
        for (var step = 0; !_choices.AreOver && step < MostSteps && _problems.Count == 0; step++)
        {
            await StepAsync();
            Steps++;
            Judge();
        }

        await SettleAsync();
        Judge();
        var course = Convert.ToHexStringLower(bytes);
        Assert.True(_problems.Count == 0, $"{string.Join("\n", _problems)}\nafter: {string.Join("; ", Log)}\nas {course} says");
    }

    private async Task StepAsync()
    {
        var model = ModelName.Parse(_choices.Of(s_names.AsSpan()));
        switch (_choices.Of(21))
        {
            case 0 or 1 or 2 or 3:
                Commit();
                break;
            case 4:
                Log.Add("a commit with an error");
                ComeBack();
                _host.Repository.Commit("broken", ("modelops.yaml", "nonsense: ["));
                break;
            case 5 or 6 or 7:
                Log.Add("sync");
                await _host.SyncAsync();
                break;
            case 8:
                Log.Add("a look");
                _host.Loop.Wake();
                break;
            case 9:
                await AskAsync(new ControlCommand.Hold(model));
                break;
            case 10:
                await AskAsync(new ControlCommand.Release(model));
                break;
            case 11:
                await AskAsync(new ControlCommand.Rollback(model));
                break;
            case 12:
                await AskAsync(new ControlCommand.Retry(model));
                break;
            case 13:
                _suspended = !_suspended;
                await AskAsync(_suspended ? new ControlCommand.Suspend() : new ControlCommand.Resume());
                break;
            case 14:
                Log.Add("restart");
                ComeBack();
                await _host.StopAsync();
                Arm();
                await _host.StartAsync();
                break;
            case 15:
                Log.Add($"{model.PlainName} is deleted outside git");
                _host.Meddle(store => store.Delete(model, keepBlobs: true));
                _foreign.Remove(model.PlainName);
                _anybodys.Remove(model.PlainName);
                break;
            case 16:
                Meddle(model);
                break;
            case 17:
                _fails = !_fails;
                Log.Add(_fails ? "loads fail" : "loads succeed");
                break;
            case 18:
                Log.Add($"the engine of {model.PlainName} dies");
                _host.Runtime.Lose(model);
                break;
            case 19:
                await FaultAsync();
                break;
            default:
                var jump = TimeSpan.FromHours(_choices.Of(-30, -1, 1, 30));
                Log.Add(string.Create(CultureInfo.InvariantCulture, $"the clock jumps by {jump.TotalHours} hours"));
                _time.Ahead += jump;
                break;
        }
    }

    /// <summary>Whoever has the store makes a model of another, under a name that git has not or has.</summary>
    private void Meddle(ModelName model)
    {
        var (name, before) = (model.PlainName, _host.SystemOf(model.PlainName));
        if (_host.IsManaged(model) && before is null)
            return;
        Log.Add($"{name} is made outside git, where {before ?? "nothing"} was");
        _host.Meddle(store => store.Copy(ModelName.Parse(CourseSet.Keeper), model));

        if (before is not null || _host.IsManaged(model))
            return;

        // Work that was under way may have looked before this and change the name after it: then nobody can know whose it is until git
        // has it, or it is deleted.
        var isDeclared = _declared.Models.ContainsKey(name) || _host.Board.Current.Models.Any(known => known.Name == model.ShortName);
        (isDeclared ? _anybodys : _foreign).Add(name);
    }

    private async Task FaultAsync()
    {
        if (_choices.Once(2))
        {
            Log.Add("the source is away");
            if (!Directory.Exists(Away))
                Directory.Move(Git, Away);
            return;
        }

        Log.Add("a pass whose state takes nothing in");
        _host.BreakState();
        try
        {
            await _host.AskAsync(new ControlCommand.Sync());
        }
        finally
        {
            _host.MendState();
        }
    }

    /// <summary>What must be true at any time.</summary>
    private void Judge()
    {
        var systems = s_names.ToDictionary(name => name, _host.SystemOf, StringComparer.Ordinal);
        _problems.AddRange(_events.Judge(_host.Chronicle));

        // What was refused never serves, whatever happens, what is declared always is there, and what is not ours is left alone.
        _problems.AddRange(systems.Where(pair => pair.Value == CourseSet.Bad).Select(pair => $"{pair.Key} serves what its gate refuses"));
        if (_host.SystemOf(CourseSet.Keeper) != CourseSet.Kept)
            _problems.Add("what was declared all the time is gone");
        _foreign.ExceptWith(_events.Adopted);
        _anybodys.RemoveWhere(name => _host.IsManaged(ModelName.Parse(name)));
        _problems.AddRange(_foreign.Where(name => systems[name] != CourseSet.Kept).Select(
            name => $"{name} was never ours, and '{systems[name]}' is there now"));
        _events.Adopted.Clear();
    }

    private async Task SettleAsync()
    {
        _fails = false;
        if (_suspended)
            await AskAsync(new ControlCommand.Resume());
        _suspended = false;
        Commit(isLast: true);
        foreach (var name in s_names.Select(ModelName.Parse))
        {
            await AskAsync(new ControlCommand.Release(name));
            await AskAsync(new ControlCommand.Retry(name));
        }

        Log.Add("the end");

        // Two looks: what failed shortly before is tried by the first one.
        await _host.SyncAsync();
        var status = await _host.SyncAsync();
        var loaded = _host.Runtime.Loaded.Select(model => model.Name.PlainName).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, wanted) in _declared.Models)
        {
            if (_host.SystemOf(name) != wanted.Text)
                _problems.Add($"{name} serves '{_host.SystemOf(name)}' in the end and not '{wanted.Text}'");
            var policy = _host.Runtime.Policies.Models.GetValueOrDefault(ModelName.Parse(name));
            if (policy?.Residency != (wanted.IsPinned ? ResidencyMode.Always : ResidencyMode.OnDemand))
                _problems.Add($"{name} goes by {policy?.Residency} in the end");
            if (wanted.IsPinned && !loaded.Contains(name))
                _problems.Add($"{name} is not in memory in the end");
        }

        _events.Judge(_host.Chronicle);
        _problems.AddRange(s_names
            .Where(name => !_declared.Models.ContainsKey(name) && !_foreign.Contains(name) && !_anybodys.Contains(name))
            .Where(name => _host.SystemOf(name) is not null)
            .Select(name => $"{name} is still there in the end"));
        if (!status.Ready)
            _problems.Add($"not ready in the end ({status.Conditions[0].Message})");
    }

    private void Commit(bool isLast = false)
    {
        ComeBack();
        _declared = CourseSet.Choose(_choices, s_names, isLast);
        Log.Add($"commit {_declared}");
        _host.Commit($"{_declared.Yaml}  # {_commits++}\n", [.. _declared.Files]);
    }

    private void ComeBack()
    {
        if (Directory.Exists(Away))
            Directory.Move(Away, Git);
    }

    private async Task AskAsync(ControlCommand command)
    {
        var request = await _host.AskAsync(command);
        Log.Add($"{request.Verb} {request.Model} → {request.Outcome}");
    }

    private void Arm()
    {
        var runtime = _host.Runtime;
        runtime.OnWarm = (name, _) => _fails ? throw new ModelRuntimeException(name, "no memory today") : Task.CompletedTask;
        runtime.OnProbe = (name, _) => IsOf(name, CourseSet.Bad) ? "no" : "ok";
        runtime.OnService = name => _host.Store.Find(name) is { } build
            ? new ServiceReport(build.Digest) { Requests = 20, Failed = IsOf(name, CourseSet.Sick) ? 20 : 0 }
            : null;
        runtime.OnPause = name => name.Tag[0] < '8' ? new TakeoverPause(TimeSpan.FromSeconds(1), Waited: 2, Refused: 1) : null;
    }

    private bool IsOf(ModelName name, string text) => _host.Store.Find(name) is { } build && _host.Store.Read(build).System == text;
}
