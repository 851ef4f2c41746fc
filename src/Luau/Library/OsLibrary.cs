using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Library <c>os</c>: time only, taken from the VM's <see cref="TimeProvider"/> (specification 13).</summary>
static class OsLibrary
{
    const int SecondsPerDay = 86400;

    static readonly LuauString YearKey = Key("year"u8), MonthKey = Key("month"u8), DayKey = Key("day"u8);
    static readonly LuauString HourKey = Key("hour"u8), MinKey = Key("min"u8), SecKey = Key("sec"u8);
    static readonly LuauString WdayKey = Key("wday"u8), YdayKey = Key("yday"u8), IsdstKey = Key("isdst"u8);

    static LuauString Key(ReadOnlySpan<byte> name) => LuauString.Permanent(name.ToArray());

    /// <summary>Whole seconds since 1970.</summary>
    static long Now(ref CallContext call) => LibraryState.Of(call.Heap).Time.GetUtcNow().ToUnixTimeSeconds();

    static HostResult Time(ref CallContext call)
    {
        if (call[0].IsNil) return call.Return((double)Now(ref call));
        LuauTable table = call.Table(0);
        int second = Field(ref call, table, SecKey, 0), minute = Field(ref call, table, MinKey, 0), hour = Field(ref call, table, HourKey, 12);
        int day = Field(ref call, table, DayKey, null), month = Field(ref call, table, MonthKey, null), year = Field(ref call, table, YearKey, null);
        long days = CalendarTime.DaysFromCivil(year + FloorDivide(month - 1L, 12), (int)FloorModulo(month - 1L, 12) + 1, 1) + day - 1L;
        if (days < 0) return call.Return(LuauValue.Nil);
        long time = (days * SecondsPerDay) + (hour * 3600L) + (minute * 60L) + second;
        return time == -1 ? call.Return(LuauValue.Nil) : call.Return((double)time);
    }

    static int Field(ref CallContext call, LuauTable table, LuauString name, int? fallback)
    {
        LuauValue value = table.Get(name);
        if (value.IsNumber) return NumberText.ToInt32(value.Num);
        if (value.Ref is LuauString s && NumberText.TryParse(s.Span, out double converted)) return NumberText.ToInt32(converted);
        return fallback ?? throw call.Error($"field '{name}' missing in date table");
    }

    static long FloorDivide(long a, long b) => (a / b) - (a % b < 0 ? 1 : 0);

    static long FloorModulo(long a, long b) => ((a % b) + b) % b;

    // Times are whole seconds; the difference of two 64-bit numbers may need one bit more.
    static HostResult DiffTime(ref CallContext call) =>
        call.Return((double)((Int128)IntegerConversion.ToInt64(call.Number(0)) - IntegerConversion.ToInt64(call.Number(1, 0))));

    static HostResult Date(ref CallContext call)
    {
        LuauString? format = call.OptionalString(0);
        ReadOnlySpan<byte> text = format is null ? "%c"u8 : format.Span;
        long time;
        if (call[1].IsNil)
        {
            time = Now(ref call);
        }
        else
        {
            time = IntegerConversion.ToInt64(call.Number(1));
        }
        bool utc = text.Length > 0 && text[0] == '!';
        if (utc) text = text[1..];
        if (!utc && time < 0) return call.Return(LuauValue.Nil);
        if (!CalendarTime.TryFrom(time, utc ? null : LibraryState.Of(call.Heap).Time.LocalTimeZone, out CalendarTime date)) return call.Return(LuauValue.Nil);
        if (text.StartsWith("*t"u8) && (text.Length == 2 || text[2] == 0)) return call.Return(ToTable(ref call, date));
        return call.Return(Format(ref call, text, date));
    }

    static LuauTable ToTable(ref CallContext call, in CalendarTime date)
    {
        LuauTable table = call.Heap.NewTable(fieldCapacity: 9);
        table.Set(YearKey, date.Year);
        table.Set(MonthKey, date.Month);
        table.Set(DayKey, date.Day);
        table.Set(HourKey, date.Hour);
        table.Set(MinKey, date.Minute);
        table.Set(SecKey, date.Second);
        table.Set(WdayKey, date.WeekDay + 1);
        table.Set(YdayKey, date.YearDay + 1);
        table.Set(IsdstKey, date.IsDaylightSaving);
        return table;
    }

    static LuauString Format(ref CallContext call, ReadOnlySpan<byte> format, in CalendarTime date)
    {
        ByteBuilder result = new(call, stackalloc byte[256]);
        for (int i = 0; i < format.Length && format[i] != 0; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length || format[i + 1] == 0)
            {
                result.Append(format[i]);
            }
            else if (!date.TryAppend((char)format[++i], ref result))
            {
                throw call.ArgumentError(0, "invalid conversion specifier");
            }
            if ((i & 4095) == 4095) call.Heap.Poll();
        }
        return result.ToLuauString();
    }

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("os",
    [
        new("clock", "() -> number", "Seconds since the VM was made, for measuring.")
        { Body = static (ref CallContext c) => c.Return(LibraryState.Of(c.Heap).ElapsedSeconds) },
        new("date", "(format: string?, time: number?) -> any", "Date as text after a strftime format, or as table for *t; a leading ! means UTC.")
        { Body = Date },
        new("difftime", "(a: number, b: number?) -> number", "Seconds from b to a.")
        { Body = DiffTime },
        new("time", "(t: { year: number, month: number, day: number, hour: number?, min: number?, sec: number? }?) -> number?",
            "Seconds since 1970, now or of a date given as table in UTC.")
        { Body = Time },
    ]);
}
