namespace GameServer.Toml;

/// <summary>The types of TOML 1.0.</summary>
public enum TomlKind
{
    /// <summary>Text.</summary>
    String,

    /// <summary>64-bit signed integer.</summary>
    Integer,

    /// <summary>IEEE 754 double.</summary>
    Float,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>Date and time with an offset from UTC.</summary>
    OffsetDateTime,

    /// <summary>Date and time without an offset.</summary>
    LocalDateTime,

    /// <summary>Date alone.</summary>
    LocalDate,

    /// <summary>Time of day alone.</summary>
    LocalTime,

    /// <summary>Ordered list of values.</summary>
    Array,

    /// <summary>Ordered set of keys with values.</summary>
    Table,
}

/// <summary>A value that remembers where it stands in the text.</summary>
public abstract class TomlValue
{
    private protected TomlValue(TomlKind kind, TomlPosition position)
    {
        Kind = kind;
        Position = position;
    }

    /// <summary>The type of this value.</summary>
    public TomlKind Kind { get; }

    /// <summary>Where the value begins.</summary>
    public TomlPosition Position { get; }

    /// <summary>The word for a type as it appears in messages, with its article: <c>a string</c>.</summary>
    /// <param name="kind">The type to name.</param>
    public static string NameOf(TomlKind kind) => kind switch
    {
        TomlKind.String => "a string",
        TomlKind.Integer => "an integer",
        TomlKind.Float => "a float",
        TomlKind.Boolean => "a boolean",
        TomlKind.OffsetDateTime => "a date-time with offset",
        TomlKind.LocalDateTime => "a local date-time",
        TomlKind.LocalDate => "a local date",
        TomlKind.LocalTime => "a local time",
        TomlKind.Array => "an array",
        TomlKind.Table => "a table",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

/// <summary>A string.</summary>
public sealed class TomlString : TomlValue
{
    internal TomlString(string value, TomlPosition position)
        : base(TomlKind.String, position) => Value = value;

    /// <summary>The text with escapes resolved.</summary>
    public string Value { get; }
}

/// <summary>An integer.</summary>
public sealed class TomlInteger : TomlValue
{
    internal TomlInteger(long value, TomlPosition position)
        : base(TomlKind.Integer, position) => Value = value;

    /// <summary>The number.</summary>
    public long Value { get; }
}

/// <summary>A float, including <c>inf</c> and <c>nan</c>.</summary>
public sealed class TomlFloat : TomlValue
{
    internal TomlFloat(double value, TomlPosition position)
        : base(TomlKind.Float, position) => Value = value;

    /// <summary>The number.</summary>
    public double Value { get; }
}

/// <summary>A boolean.</summary>
public sealed class TomlBoolean : TomlValue
{
    internal TomlBoolean(bool value, TomlPosition position)
        : base(TomlKind.Boolean, position) => Value = value;

    /// <summary>The truth value.</summary>
    public bool Value { get; }
}

/// <summary>
/// One of the four date and time types. The parts are kept apart because a TOML offset may reach ±23:59, which
/// <see cref="DateTimeOffset"/> cannot hold.
/// </summary>
public sealed class TomlDateTime : TomlValue
{
    internal TomlDateTime(TomlKind kind, DateOnly? date, TimeOnly? time, TimeSpan? offset, TomlPosition position)
        : base(kind, position)
    {
        Date = date;
        Time = time;
        Offset = offset;
    }

    /// <summary>The date; null for a local time.</summary>
    public DateOnly? Date { get; }

    /// <summary>The time of day, cut to 100 ns; null for a local date.</summary>
    public TimeOnly? Time { get; }

    /// <summary>The offset from UTC; null for the local types.</summary>
    public TimeSpan? Offset { get; }
}

/// <summary>An array; its values may differ in type.</summary>
public sealed class TomlArray : TomlValue
{
    readonly List<TomlValue> _items = [];

    internal TomlArray(TomlPosition position, bool ofTables)
        : base(TomlKind.Array, position) => OfTables = ofTables;

    /// <summary>The values in order.</summary>
    public IReadOnlyList<TomlValue> Items => _items;

    /// <summary>True when written with <c>[[name]]</c> headers, so that further headers may append.</summary>
    internal bool OfTables { get; }

    internal void Add(TomlValue item) => _items.Add(item);
}
