namespace ModelOps.Reconciler.State;

/// <summary>The audit of a state folder, to be read beside a server that writes it, or without one.</summary>
public sealed class AuditBook : IDisposable
{
    private readonly StateDatabase _database;
    private readonly AuditRecords _records;

    private AuditBook(StateDatabase database) => (_database, _records) = (database, new AuditRecords(database));

    /// <summary>Opens the audit of a state folder; nothing in it is changed.</summary>
    /// <exception cref="StateException">There is none, or it cannot be read.</exception>
    public static AuditBook Open(string home) => new(StateDatabase.OpenToRead(Path.Combine(home, "state.db")));

    /// <summary>The newest rows, oldest first.</summary>
    public IReadOnlyList<AuditEntry> Latest(int count) => _records.Find(count);

    /// <summary>Computes every hash anew.</summary>
    /// <param name="known">Head that an earlier look found, which must be among the hashes still; null for none.</param>
    public AuditVerdict Verify(string? known) => _records.Verify(known);

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();
}
