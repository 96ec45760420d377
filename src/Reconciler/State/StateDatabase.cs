using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace ModelOps.Reconciler.State;

/// <summary>
/// What was intended and done, in one SQLite file: durable before it counts (WAL, <c>synchronous=FULL</c>), with a schema version and
/// migrations that only go forward. One process; calls from several threads take turns.
/// </summary>
public sealed class StateDatabase : IDisposable
{
    private const string Mend =
        "move it away and start again: managed names, pins and protection come back from the store, history and holds do not";

    // Result codes of SQLite.
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int IoError = 10;
    private const int DiskFull = 13;
    private const int CannotOpen = 14;

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly Lock _turn = new();
    private long _statements;
    private bool _isTogether;

    private StateDatabase(SqliteConnection connection, string path) => (_connection, _path) = (connection, path);

    /// <inheritdoc cref="Open(string, string)"/>
    public static StateDatabase Open(string path) => Open(path, "");

    /// <summary>Opens the file, and makes or migrates it as needed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="version">Version of this program, for whoever opens the file with an older one; may be empty.</param>
    /// <exception cref="StateException">It is damaged, not ours, or was made by a newer version.</exception>
    public static StateDatabase Open(string path, string version)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var database = new StateDatabase(connection, path);
            database.Prepare(path, version);
            return database;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new StateException(path, $"{path} cannot be used: {error.Message.TrimEnd('.')}; {NextStep(path, error)}", error);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens the file to read it, beside a server that writes it or without one.</summary>
    /// <exception cref="StateException">There is none, it cannot be read, or it was made by a newer version.</exception>
    internal static StateDatabase OpenToRead(string path)
    {
        if (!File.Exists(path))
            throw new StateException(path, $"there is no {path}: nothing was managed from there");
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString());
        try
        {
            connection.Open();
            var database = new StateDatabase(connection, path);
            database.Execute("PRAGMA busy_timeout = 5000");
            if (database.Query("PRAGMA user_version", row => row.GetInt32(0))[0] is var version && version > StateSchema.Migrations.Length)
                throw database.Newer(path, version);
            return database;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new StateException(path, $"{path} cannot be read: {error.Message.TrimEnd('.')}", error);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Called after every change that is durable; tests end the process here.</summary>
    internal Action? Written { get; set; }

    /// <summary>How many statements were run.</summary>
    internal long Statements => Interlocked.Read(ref _statements);

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>Runs one change and returns how many rows it touched.</summary>
    internal int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_turn)
        {
            using var command = Command(sql, values);
            var rows = command.ExecuteNonQuery();
            if (rows > 0 && !_isTogether)
                Written?.Invoke();
            return rows;
        }
    }

    /// <summary>Runs several changes as one: all of them are durable or none is.</summary>
    internal void Together(Action changes)
    {
        lock (_turn)
        {
            using var transaction = _connection.BeginTransaction();
            _isTogether = true;
            try
            {
                changes();
                transaction.Commit();
            }
            finally
            {
                _isTogether = false;
            }

            Written?.Invoke();
        }
    }

    /// <summary>Reads rows.</summary>
    /// <exception cref="StateException">A row is not what it was written as.</exception>
    internal List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_turn)
        {
            using var command = Command(sql, values);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(Read(read, reader));
            return rows;
        }
    }

    private T Read<T>(Func<SqliteDataReader, T> read, SqliteDataReader row)
    {
        try
        {
            return read(row);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or JsonException or InvalidOperationException
            or InvalidCastException or OverflowException)
        {
            throw new StateException(_path, $"{_path} is damaged: a row cannot be read ({error.Message.TrimEnd('.')}); {Mend}", error);
        }
    }

    /// <summary>A disk that is full or a folder that may not be written damages nothing, so nothing is to be moved away.</summary>
    private static string NextStep(string path, SqliteException error) => error.SqliteErrorCode switch
    {
        IoError or DiskFull => string.Create(
            CultureInfo.InvariantCulture,
            $"is its disk full? {FreeBytes(path)} bytes are free there. The file is not at fault: leave it, make space and start again"),
        ReadOnly or CannotOpen => "the file and its folder must be writable by the user who serves",
        Busy or Locked => "another program has it open; end that and start again",
        _ => Mend,
    };

    private static long FreeBytes(string path) => new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(path))!).AvailableFreeSpace;

    internal static string ToText(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    internal static DateTimeOffset ToTime(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

#pragma warning disable CA2100 // Every statement is a constant of this project; values are parameters.
    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        Interlocked.Increment(ref _statements);
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
#pragma warning restore CA2100

    private void Prepare(string path, string program)
    {
        Execute("PRAGMA busy_timeout = 5000");
        if (Query("PRAGMA quick_check(1)", row => row.GetString(0)) is [var found] && found != "ok")
            throw new StateException(path, $"{path} is damaged: {found.ReplaceLineEndings(" ")}; {Mend}");
        Query("PRAGMA journal_mode = WAL", row => row.GetString(0));
        Execute("PRAGMA synchronous = FULL");
        Execute("PRAGMA cache_size = -256"); // Kilobytes. The file grows with its history, of which only the last lines are read again.
        var version = Query("PRAGMA user_version", row => row.GetInt32(0))[0];
        if (version > StateSchema.Migrations.Length)
            throw Newer(path, version);
        for (; version < StateSchema.Migrations.Length; version++)
        {
            var step = version;
            Together(() =>
            {
                Execute(StateSchema.Migrations[step]);
                Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {step + 1}"));
            });
        }

        if (program.Length > 0)
        {
            Execute(
                "INSERT INTO facts (key, value) VALUES ('writer', $writer) ON CONFLICT (key) DO UPDATE SET value = $writer "
                + "WHERE value <> $writer",
                ("$writer", program));
        }
    }

    private StateException Newer(string path, int version)
    {
        var known = StateSchema.Migrations.Length;
        return new StateException(
            path,
            $"{path} was made by a newer version of ModelOps{Writer()} (schema {version}, and this one knows up to {known}); start that "
            + "version, or a newer one. To go on with this one give another --home, or move the file away: managed names, pins and "
            + "protection come back from the store, history and holds do not");
    }

    /// <summary>Which version wrote the file last, as far as an older one can tell.</summary>
    private string Writer()
    {
        try
        {
            return Query("SELECT value FROM facts WHERE key = 'writer'", row => row.GetString(0)) is [var writer] ? ", " + writer : "";
        }
        catch (SqliteException)
        {
            return "";
        }
    }
}
