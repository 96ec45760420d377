using System.Globalization;
using Microsoft.Data.Sqlite;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.State;

/// <summary>
/// How revisions and their models went: a row for each revision, and one for each model that it changes, however often it is tried.
/// The rows of one revision are a run. A revision that is accepted again later is another run.
/// </summary>
/// <param name="database">Where that is written down.</param>
/// <param name="source">Name of the source whose revisions are written down here; all are read.</param>
/// <param name="time">The clock.</param>
internal sealed class HistoryRecords(StateDatabase database, string source, TimeProvider time)
{
    private const string Columns = "id, run, revision, model, result, started_at, duration_ms, attempts, author, build, message, source";

    private Run? _current = LastAccepted(database, source);
    private string? _rejected;

    /// <summary>Begins the run of a revision, or goes on with it.</summary>
    /// <returns>The revision whose work that ends; null when it ends none.</returns>
    internal string? Begin(string revision, string author)
    {
        var before = _current;
        if (before?.Item.Revision == revision)
            return null;
        var item = new HistoryRecord(revision, HistoryResult.InProgress, time.GetUtcNow(), 0, author, "");
        var begun = 0L;
        database.Together(() =>
        {
            if (before is not null)
            {
                database.Execute(
                    "UPDATE history SET result = 'Superseded', message = 'a newer revision was accepted' "
                    + "WHERE run = $run AND result = 'InProgress'",
                    ("$run", before.Id));
            }

            begun = Insert(run: null, item);
        });
        _current = new Run(begun, item);
        return before is { Item.Result: HistoryResult.InProgress } ? before.Item.Revision : null;
    }

    /// <summary>Models of the run are worked on. What is done once the revision is applied is repair, and no part of its history.</summary>
    /// <returns>True when it is part of the history.</returns>
    internal bool Start(IReadOnlyCollection<string> models)
    {
        if (models.Count == 0 || _current is not { Item.Result: not HistoryResult.Applied } run)
            return false;
        var now = time.GetUtcNow();
        database.Together(() =>
        {
            foreach (var model in models)
            {
                var again = database.Execute(
                    "UPDATE history SET result = 'InProgress', attempts = attempts + 1 WHERE run = $run AND model = $model",
                    ("$run", run.Id), ("$model", model)) > 0;
                if (!again)
                    Insert(run.Id, run.Item with { Result = HistoryResult.InProgress, StartedAt = now, Message = "", Model = model });
            }
        });
        return true;
    }

    /// <summary>What came of the models that were started, and with that of the revision.</summary>
    /// <param name="models">What is known of the models of the run; of the others nothing is known yet.</param>
    /// <param name="isApplied">Everything that the revision declares is served.</param>
    /// <returns>When the run began, if that makes the revision applied.</returns>
    internal DateTimeOffset? Finish(IReadOnlyCollection<ModelResult> models, bool isApplied)
    {
        if (_current is not { Item.Result: not HistoryResult.Applied } run)
            return null;
        var concluded = run;
        database.Together(() =>
        {
            foreach (var model in models)
                Write(run, model);
            concluded = Conclude(run, isApplied);
        });
        _current = concluded;
        return isApplied ? run.Item.StartedAt : null;
    }

    /// <summary>Models of the run of which it is not known yet what came of them, or that failed.</summary>
    internal List<string> Open() => _current is not { Item.Result: not HistoryResult.Applied } run ? [] : database.Query(
        "SELECT model FROM history WHERE run = $run AND model <> '' AND result <> 'Applied'", row => row.GetString(0), ("$run", run.Id));

    /// <summary>A revision is not good. The same one is written down once, also over restarts.</summary>
    /// <returns>True when it is new.</returns>
    internal bool Reject(string revision, string message)
    {
        if (_rejected == revision)
            return false;
        var last = database.Query(
            $"SELECT {Columns} FROM history WHERE model = '' AND source = $source ORDER BY id DESC LIMIT 1", Read, ("$source", source));
        if (last is [{ Item: { Result: HistoryResult.Rejected } known }] && known.Revision == revision)
        {
            _rejected = revision;
            return false;
        }

        var author = database
            .Query("SELECT author FROM revisions WHERE revision = $revision", row => row.GetString(0), ("$revision", revision))
            .FirstOrDefault() ?? "";
        Insert(run: null, new HistoryRecord(revision, HistoryResult.Rejected, time.GetUtcNow(), 0, author, message) { Attempts = 0 });
        _rejected = revision;
        return true;
    }

    /// <summary>A model of the run serves an earlier build again.</summary>
    internal void RollBack(string model, string build, string message)
    {
        if (_current is not { } run)
            return;
        var concluded = run;
        database.Together(() =>
        {
            if (OfModel(run, model) is null)
                Insert(run.Id, run.Item with { StartedAt = time.GetUtcNow(), DurationMs = 0, Message = "", Model = model });
            Write(run, new ModelResult(model, HistoryResult.RolledBack, build, message));
            concluded = Conclude(run, isApplied: false);
        });
        _current = concluded;
    }

    /// <summary>The newest rows, newest first.</summary>
    /// <param name="count">How many.</param>
    /// <param name="model">Short name of a model; empty for the rows of whole revisions, null for all rows.</param>
    internal List<HistoryRecord> Latest(int count, string? model = "") => database.Query(
        $"SELECT {Columns} FROM history WHERE $model IS NULL OR model = $model ORDER BY run DESC, id LIMIT $count",
        row => Read(row).Item,
        ("$model", model), ("$count", count));

    private static HistoryResult ResultOf(IReadOnlyCollection<HistoryRecord> models, bool isApplied)
    {
        if (isApplied)
            return HistoryResult.Applied;
        if (models.Any(model => model.Result == HistoryResult.RolledBack))
            return HistoryResult.RolledBack;
        if (models.Count == 0 || models.Any(model => model.Result == HistoryResult.InProgress))
            return HistoryResult.InProgress;
        return models.Any(model => model.Result == HistoryResult.Applied) ? HistoryResult.Partial : HistoryResult.Failed;
    }

    private void Write(Run run, ModelResult model) => database.Execute(
        """
        UPDATE history SET result = $result, build = $build, message = $message, duration_ms = $duration
        WHERE run = $run AND model = $model
        """,
        ("$run", run.Id),
        ("$model", model.Model),
        ("$result", model.Result.ToString()),
        ("$build", model.Build),
        ("$message", model.Message),
        ("$duration", Since(OfModel(run, model.Model)?.StartedAt ?? run.Item.StartedAt)));

    /// <summary>Writes down what came of a run as a whole.</summary>
    /// <returns>The run as it is then; it counts once that is durable.</returns>
    private Run Conclude(Run run, bool isApplied)
    {
        var models = database.Query(
            $"SELECT {Columns} FROM history WHERE run = $run AND model <> ''", row => Read(row).Item, ("$run", run.Id));
        var result = ResultOf(models, isApplied);
        var done = models.Count(model => model.Result == HistoryResult.Applied);
        var item = run.Item with
        {
            Result = result,
            Message = models.Count > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{done} of {CountText.Of(models.Count, "model")} done")
                : isApplied ? "nothing to change" : "",
            Attempts = models.Count == 0 ? 1 : models.Max(model => model.Attempts),
        };
        if (item == run.Item)
            return run;
        item = item with { DurationMs = result == HistoryResult.InProgress ? 0 : Since(run.Item.StartedAt) };
        database.Execute(
            "UPDATE history SET result = $result, message = $message, duration_ms = $duration, attempts = $attempts WHERE id = $run",
            ("$run", run.Id),
            ("$result", result.ToString()),
            ("$message", item.Message),
            ("$duration", item.DurationMs),
            ("$attempts", item.Attempts));
        return run with { Item = item };
    }

    private HistoryRecord? OfModel(Run run, string model) => database
        .Query(
            $"SELECT {Columns} FROM history WHERE run = $run AND model = $model", row => Read(row).Item, ("$run", run.Id),
            ("$model", model))
        .FirstOrDefault();

    private long Insert(long? run, HistoryRecord item) => database.Query(
        """
        INSERT INTO history (run, revision, model, result, started_at, duration_ms, attempts, author, build, message, source)
        VALUES (COALESCE($run, (SELECT COALESCE(MAX(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'history')),
                $revision, $model, $result, $at, $duration, $attempts, $author, $build, $message, $source)
        RETURNING id
        """,
        row => row.GetInt64(0),
        ("$run", run),
        ("$revision", item.Revision),
        ("$model", item.Model),
        ("$result", item.Result.ToString()),
        ("$at", StateDatabase.ToText(item.StartedAt)),
        ("$duration", item.DurationMs),
        ("$attempts", item.Attempts),
        ("$author", item.Author),
        ("$build", item.Build),
        ("$message", item.Message),
        ("$source", source))[0];

    private long Since(DateTimeOffset start) => Math.Max(0, (long)(time.GetUtcNow() - start).TotalMilliseconds);

    /// <summary>The run that is worked on or was last.</summary>
    private static Run? LastAccepted(StateDatabase database, string source) => database
        .Query(
            $"SELECT {Columns} FROM history WHERE model = '' AND result <> 'Rejected' AND source = $source ORDER BY id DESC LIMIT 1", Read,
            ("$source", source))
        .FirstOrDefault();

    private static Run Read(SqliteDataReader row) => new(
        row.GetInt64(1),
        new HistoryRecord(
            row.GetString(2), Enum.Parse<HistoryResult>(row.GetString(4)), StateDatabase.ToTime(row.GetString(5)), row.GetInt64(6),
            row.GetString(8), row.GetString(10))
        {
            Model = row.GetString(3),
            Attempts = row.GetInt32(7),
            Build = row.GetString(9),
            Source = row.GetString(11),
        });

    private sealed record Run(long Id, HistoryRecord Item);
}
