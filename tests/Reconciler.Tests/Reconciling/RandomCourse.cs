using System.Globalization;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Tests.Planning;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>
/// A daemon that lives through commits, faults, commands, clock jumps and restarts as a list of bytes decides, beside a small model of what
/// must be true of it meanwhile and in the end.
/// </summary>
internal sealed class RandomCourse(byte[] bytes) : IAsyncDisposable
{
    private const string Bad = "bad";

    private static readonly string[] s_names = ["a", "b", "c"];

    private readonly Choices _choices = new(bytes);
    private readonly JumpingTime _time = new();
    private readonly Dictionary<string, (string Text, bool Gated, bool Pinned)> _declared = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private ReconcileHost _host = null!;
    private bool _suspended;
    private int _texts;
    private volatile bool _fails;

    internal List<string> Log { get; } = [];

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>Goes the course, and then to its end: no faults, holds or suspensions, and nothing left to do.</summary>
    internal async Task RunAsync()
    {
        _host = new ReconcileHost(_time);
        Commit();
        Arm();
        await _host.StartAsync();
        for (var step = 0; step < bytes.Length && step < 40; step++)
            await StepAsync();
        await SettleAsync();
        Assert.Empty(_problems);
    }

    private async Task StepAsync()
    {
        var model = ModelName.Parse(_choices.Of(s_names.AsSpan()));
        switch (_choices.Of(14))
        {
            case 0 or 1 or 2:
                Commit();
                break;
            case 3:
                Log.Add("a commit with an error");
                _host.Repository.Commit("broken", ("modelops.yaml", "nonsense: ["));
                break;
            case 4 or 5:
                Log.Add("sync");
                await _host.SyncAsync();
                break;
            case 6:
                await AskAsync(new ControlCommand.Hold(model));
                break;
            case 7:
                await AskAsync(new ControlCommand.Release(model));
                break;
            case 8:
                await AskAsync(new ControlCommand.Rollback(model));
                break;
            case 9:
                _suspended = !_suspended;
                await AskAsync(_suspended ? new ControlCommand.Suspend() : new ControlCommand.Resume());
                break;
            case 10:
                Log.Add("restart");
                await _host.StopAsync();
                Arm();
                await _host.StartAsync();
                break;
            case 11:
                Log.Add($"{model.PlainName} is deleted outside git");
                _host.Store.Delete(model, keepBlobs: true);
                break;
            case 12:
                _fails = !_fails;
                Log.Add(_fails ? "loads fail" : "loads succeed");
                break;
            default:
                var jump = TimeSpan.FromHours(_choices.Of(-30, -1, 1, 30));
                Log.Add(string.Create(CultureInfo.InvariantCulture, $"the clock jumps by {jump.TotalHours} hours"));
                _time.Ahead += jump;
                break;
        }

        // What was refused never serves, whatever happens.
        foreach (var name in s_names.Where(name => _host.SystemOf(name) == Bad))
            _problems.Add($"{name} serves what its gate refuses, after: {string.Join("; ", Log)}");
    }

    private async Task SettleAsync()
    {
        _fails = false;
        if (_suspended)
            await AskAsync(new ControlCommand.Resume());
        _suspended = false;
        Commit(alsoBad: false);
        foreach (var name in s_names)
            await AskAsync(new ControlCommand.Release(ModelName.Parse(name)));
        Log.Add("the end");

        // Two looks: what failed shortly before is tried by the first one.
        await _host.SyncAsync();
        var status = await _host.SyncAsync();
        var course = string.Join("; ", Log);
        foreach (var (name, wanted) in _declared)
        {
            if (_host.SystemOf(name) != wanted.Text)
                _problems.Add($"{name} serves '{_host.SystemOf(name)}' in the end and not '{wanted.Text}', after: {course}");
            var policy = _host.Runtime.Policies.Models.GetValueOrDefault(ModelName.Parse(name));
            if (policy?.Residency != (wanted.Pinned ? ResidencyMode.Always : ResidencyMode.OnDemand))
                _problems.Add($"{name} goes by {policy?.Residency} in the end, after: {course}");
        }

        foreach (var name in s_names.Where(name => !_declared.ContainsKey(name) && _host.SystemOf(name) is not null))
            _problems.Add($"{name} is still there in the end, after: {course}");
        if (!status.Ready)
            _problems.Add($"not ready in the end ({status.Conditions[0].Message}), after: {course}");
    }

    /// <summary>A set of some of the models, each with a text of its own or one that its gate refuses.</summary>
    private void Commit(bool alsoBad = true)
    {
        _declared.Clear();
        var yaml = "  prune: { gracePeriod: 0s, maxDeletes: 100% }\n  models:\n";
        var files = new List<(string, string?)>();
        var set = 1 + _choices.Of(7);
        for (var index = 0; index < s_names.Length; index++)
        {
            if ((set & (1 << index)) == 0)
                continue;
            var name = s_names[index];
            var (isGated, isPinned) = (_choices.Once(2), _choices.Once(2));
            var text = isGated && alsoBad && _choices.Once(3) ? Bad : $"text {_choices.Of(3)}";
            _declared[name] = (text, isGated, isPinned);
            yaml += $"    - {{ name: {name}, modelfile: {name}"
                + (isPinned ? ", residency: { mode: always }" : "")
                + (isGated ? ", rollout: { gate: { smoke: [ { prompt: hi, expect: { contains: ok } } ] } }" : "") + " }\n";
            files.Add((name, $"FROM w.gguf\nSYSTEM {text}"));
        }

        Log.Add($"commit {string.Join(", ", _declared.Select(pair => $"{pair.Key}={pair.Value}"))}");
        _host.Commit($"{yaml}  # {_texts++}\n", [.. files]);
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
        runtime.OnProbe = (name, _) => _host.Store.Find(name) is { } build && _host.Store.Read(build).System == Bad ? "no" : "ok";
    }

    private sealed class JumpingTime : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
