using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ModelOps.Reconciler.State;

/// <summary>
/// Who changed what and why. Each row's hash covers the row and the hash before it, so that a row that was changed or taken away shows.
/// Of the rows that are let go the last hash stays, which the chain of the others goes on from.
/// </summary>
internal sealed class AuditRecords(StateDatabase database) : IAudit
{
    private const string AnchorKey = "audit.anchor";

    /// <summary>Adds what an event tells; a part of the caller's transaction.</summary>
    internal void Add(EventRecord told) => Add(new RequestRecord(
        "", told.Type.ToString(), told.Subject, told.Build.Length > 0 ? told.Build : told.Revision, told.Actor, "", told.At)
    {
        Outcome = RequestOutcome.Done,
        Message = told.Message,
    });

    /// <inheritdoc/>
    public void Write(RequestRecord change)
    {
        try
        {
            database.Together(() => Add(change));
        }
        catch (SqliteException error)
        {
            throw new StateException(
                "state.db", $"the change cannot be written down, so it is not carried out: {error.Message}; is the disk full?", error);
        }
    }

    /// <summary>Adds a row; a part of the caller's transaction.</summary>
    internal void Add(RequestRecord request)
    {
        var previous = database.Query("SELECT hash FROM audit ORDER BY id DESC LIMIT 1", row => row.GetString(0)).FirstOrDefault()
            ?? Anchor(database);
        var at = StateDatabase.ToText(request.HandledAt ?? request.At);
        database.Execute(
            """
            INSERT INTO audit (at, actor, verb, model, argument, reason, request, outcome, message, hash)
            VALUES ($at, $actor, $verb, $model, $argument, $reason, $request, $outcome, $message, $hash)
            """,
            ("$at", at),
            ("$actor", request.Actor),
            ("$verb", request.Verb),
            ("$model", request.Model),
            ("$argument", request.Argument),
            ("$reason", request.Reason),
            ("$request", request.Token),
            ("$outcome", request.Outcome.ToString()),
            ("$message", request.Message),
            ("$hash", Hash(previous, at, request)));
    }

    /// <summary>Lets go of the oldest rows; a part of the caller's transaction.</summary>
    internal static void KeepNewest(StateDatabase database, int count)
    {
        var gone = database.Query(
            "SELECT id, hash FROM audit WHERE id <= (SELECT MAX(id) FROM audit) - $keep ORDER BY id DESC LIMIT 1",
            row => (Id: row.GetInt64(0), Hash: row.GetString(1)), ("$keep", count));
        if (gone is not [var last])
            return;
        database.Execute(
            "INSERT INTO facts (key, value) VALUES ($key, $hash) ON CONFLICT (key) DO UPDATE SET value = $hash",
            ("$key", AnchorKey), ("$hash", last.Hash));
        database.Execute("DELETE FROM audit WHERE id <= $id", ("$id", last.Id));
    }

    /// <summary>The first row whose hash does not fit; null when all do.</summary>
    internal long? FindBreak() => Verify(known: null).Break;

    /// <summary>Computes every hash anew.</summary>
    /// <param name="known">A hash that the chain must contain; null for none.</param>
    internal AuditVerdict Verify(string? known)
    {
        var previous = Anchor(database);
        var (rows, hasKnown) = (0L, known is null || known == previous);
        foreach (var entry in Find(int.MaxValue))
        {
            if (entry.Hash != Hash(previous, StateDatabase.ToText(entry.Request.At), entry.Request))
                return new AuditVerdict(rows, previous, entry.Id, hasKnown);
            previous = entry.Hash;
            hasKnown |= known == previous;
            rows++;
        }

        return new AuditVerdict(rows, previous, Break: null, hasKnown);
    }

    /// <summary>The newest rows, oldest first.</summary>
    internal List<AuditEntry> Find(int count)
    {
        var found = database.Query(
            "SELECT id, at, hash, request, verb, model, argument, actor, reason, outcome, message FROM audit ORDER BY id DESC LIMIT $count",
            row => new AuditEntry(
                row.GetInt64(0), row.GetString(2), new RequestRecord(
                    row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7), row.GetString(8),
                    StateDatabase.ToTime(row.GetString(1)))
                {
                    Outcome = Enum.Parse<RequestOutcome>(row.GetString(9)),
                    Message = row.GetString(10),
                }),
            ("$count", count));
        found.Reverse();
        return found;
    }

    /// <summary>Hash of the last row that was let go; empty when none was.</summary>
    private static string Anchor(StateDatabase database) =>
        database.Query("SELECT value FROM facts WHERE key = $key", row => row.GetString(0), ("$key", AnchorKey)).FirstOrDefault() ?? "";

    /// <summary>Lengths go in too, so that no text can look like two.</summary>
    private static string Hash(string previous, string at, RequestRecord request)
    {
        var text = new StringBuilder();
        string[] parts =
        [
            previous, at, request.Actor, request.Verb, request.Model, request.Argument, request.Reason, request.Token,
            request.Outcome.ToString(), request.Message,
        ];
        foreach (var part in parts)
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
