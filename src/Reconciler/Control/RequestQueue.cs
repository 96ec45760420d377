using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Control;

/// <summary>Requests between who asks and the loop. Any thread asks and waits; only the loop takes and handles.</summary>
/// <param name="records">Where they are written down.</param>
/// <param name="audit">Where it is written who did what.</param>
/// <param name="board">Where it is shown that one was handled.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestQueue(RequestRecords records, AuditRecords audit, StatusBoard board, TimeProvider time) : IReconcilerControl
{
    private const int MostWaiting = 1000;

    private readonly Lock _turn = new();
    private readonly List<RequestRecord> _waiting = [];
    private readonly Dictionary<string, TaskCompletionSource<RequestRecord?>> _open = new(StringComparer.Ordinal);
    private bool _closed;

    /// <summary>Called when there is something to take.</summary>
    internal Action Asked { get; set; } = () => { };

    /// <summary>Compares what is wanted and what is served.</summary>
    internal Func<Plan?> Comparison { get; set; } = () => null;

    /// <summary>Something was asked and not taken yet.</summary>
    internal bool HasWaiting
    {
        get
        {
            lock (_turn)
                return _waiting.Count > 0;
        }
    }

    /// <inheritdoc/>
    public RequestRecord Ask(ControlCommand command, string actor, string reason)
    {
        RequestRecord request;
        lock (_turn)
        {
            if (_closed)
                throw new ControlException("the server stops; ask again when it runs");
            if (_waiting.Find(waiting => IsSame(waiting, command, actor, reason)) is { } known)
                return known;
            if (_waiting.Count >= MostWaiting)
                throw new ControlException($"{MostWaiting} requests wait already; ask again later") { IsBusy = true };
            request = new RequestRecord(
                "req-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), command.Verb, command.Subject, command.Argument,
                actor, reason, time.GetUtcNow());
            try
            {
                records.Add(request);
            }
            catch (SqliteException error)
            {
                throw new ControlException(
                    $"the request cannot be written down, so it is not carried out: {error.Message}; is the disk full?", error);
            }

            Open(request);
        }

        Asked();
        return request;
    }

    /// <inheritdoc/>
    public RequestRecord? Find(string token) => records.Find(token);

    /// <inheritdoc/>
    public async Task<RequestRecord?> WaitAsync(string token, CancellationToken cancellationToken)
    {
        Task<RequestRecord?>? handled;
        lock (_turn)
            handled = _open.GetValueOrDefault(token)?.Task;
        return handled is null ? records.Find(token) : await handled.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Plan? Compare() => Comparison();

    /// <summary>Takes up what was not handled when the daemon ended.</summary>
    internal void Restore()
    {
        lock (_turn)
            records.Pending().ForEach(Open);
    }

    /// <summary>Everything that was asked since the last call, in order.</summary>
    internal ImmutableArray<RequestRecord> Take()
    {
        lock (_turn)
        {
            var taken = _waiting.ToImmutableArray();
            _waiting.Clear();
            return taken;
        }
    }

    /// <summary>Writes down what came of a request and tells who waits for it, also when it cannot be written down.</summary>
    internal void Handle(RequestRecord request)
    {
        try
        {
            records.Handle(request, audit);
        }
        finally
        {
            board.Handled(request.Token);
            TaskCompletionSource<RequestRecord?>? waiter;
            lock (_turn)
                _open.Remove(request.Token, out waiter);
            waiter?.TrySetResult(request);
        }
    }

    /// <summary>Nobody may wait for a loop that has ended; what was asked stays written down for the next start.</summary>
    internal void Close()
    {
        lock (_turn)
        {
            _closed = true;
            foreach (var waiter in _open.Values)
                waiter.TrySetCanceled();
            _open.Clear();
        }
    }

    private static bool IsSame(RequestRecord waiting, ControlCommand command, string actor, string reason) =>
        command is ControlCommand.Sync { Model: null }
        && waiting.Verb == command.Verb && waiting.Model.Length == 0 && waiting.Argument == command.Argument
        && waiting.Actor == actor && waiting.Reason == reason;

    private void Open(RequestRecord request)
    {
        _waiting.Add(request);
        _open.Add(request.Token, new TaskCompletionSource<RequestRecord?>(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
