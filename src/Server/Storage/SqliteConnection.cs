using SQLitePCL;

namespace GameServer.Server.Storage;

/// <summary>The database says no: disk full, file damaged, not writable.</summary>
sealed class SqliteException(string message) : Exception(message);

/// <summary>One open database file: the few calls the storage needs, with errors as exceptions. Used by one thread.</summary>
sealed class SqliteConnection : IDisposable
{
    readonly sqlite3 _database;

    /// <summary>Opens or creates <paramref name="file"/>.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteConnection(string file)
    {
        Batteries_V2.Init();
        int code = raw.sqlite3_open_v2(file, out _database, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK) throw new SqliteException($"cannot open '{file}': {raw.sqlite3_errstr(code).utf8_to_string()}");
        raw.sqlite3_busy_timeout(_database, 5000);
    }

    /// <summary>Runs a statement without parameters or results.</summary>
    public void Execute(string sql)
    {
        if (raw.sqlite3_exec(_database, sql) != raw.SQLITE_OK) throw Error();
    }

    /// <summary>Prepares a statement to be used again and again.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (raw.sqlite3_prepare_v2(_database, sql, out sqlite3_stmt statement) != raw.SQLITE_OK) throw Error();
        return new SqliteStatement(this, statement);
    }

    /// <summary>Copies the database as it is at one moment into a new file, while others go on reading and writing it.</summary>
    /// <exception cref="SqliteException">It cannot be read or written.</exception>
    public void CopyTo(string file)
    {
        using SqliteConnection copy = new(file);
        using sqlite3_backup backup = raw.sqlite3_backup_init(copy._database, "main", _database, "main") ?? throw copy.Error();
        if (raw.sqlite3_backup_step(backup, -1) != raw.SQLITE_DONE) throw copy.Error();
    }

    /// <summary>Whether the whole file is as it should be.</summary>
    public bool IsIntact()
    {
        using SqliteStatement check = Prepare("PRAGMA integrity_check");
        return check.Step() && check.String(0) == "ok";
    }

    /// <summary>The last error of the database.</summary>
    public SqliteException Error() => new(raw.sqlite3_errmsg(_database).utf8_to_string());

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();
}

/// <summary>A prepared statement. Bind, step, read columns, and it is ready again.</summary>
sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt statement) : IDisposable
{
    /// <summary>Binds text to parameter <paramref name="index"/> (from 1).</summary>
    public SqliteStatement Text(int index, string value) => Bound(raw.sqlite3_bind_text(statement, index, value));

    /// <summary>Binds bytes.</summary>
    public SqliteStatement Blob(int index, ReadOnlySpan<byte> value) =>
        Bound(value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, index, 0) : raw.sqlite3_bind_blob(statement, index, value));

    /// <summary>Binds an integer, or null.</summary>
    public SqliteStatement Integer(int index, long? value) =>
        Bound(value is { } number ? raw.sqlite3_bind_int64(statement, index, number) : raw.sqlite3_bind_null(statement, index));

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end.</returns>
    public bool Step() => raw.sqlite3_step(statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        _ => throw connection.Error(),
    };

    /// <summary>Bytes of column <paramref name="index"/> (from 0), copied.</summary>
    public byte[] Bytes(int index) => raw.sqlite3_column_blob(statement, index).ToArray();

    /// <summary>Integer of a column.</summary>
    public long Number(int index) => raw.sqlite3_column_int64(statement, index);

    /// <summary>Text of a column.</summary>
    public string String(int index) => raw.sqlite3_column_text(statement, index).utf8_to_string();

    /// <summary>Makes the statement ready for the next use.</summary>
    public void Reset()
    {
        // The code of a failed step comes back here; it was raised when it happened.
        _ = raw.sqlite3_reset(statement);
        _ = raw.sqlite3_clear_bindings(statement);
    }

    /// <inheritdoc/>
    public void Dispose() => statement.Dispose();

    SqliteStatement Bound(int code) => code == raw.SQLITE_OK ? this : throw connection.Error();
}
