using System.Text;

namespace GameServer.Luau.Library;

/// <summary>A point in time in the proleptic Gregorian calendar, as <c>os.date</c> shows it. Covers every year that fits 32 bits, which
/// <see cref="DateTime"/> does not.</summary>
readonly struct CalendarTime
{
    const int SecondsPerDay = 86400;
    static readonly string[] DayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    static readonly string[] MonthNames =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    /// <summary>Year, astronomical.</summary>
    public int Year { get; private init; }
    /// <summary>1–12.</summary>
    public int Month { get; private init; }
    /// <summary>1–31.</summary>
    public int Day { get; private init; }
    /// <summary>0–23.</summary>
    public int Hour { get; private init; }
    /// <summary>0–59.</summary>
    public int Minute { get; private init; }
    /// <summary>0–59.</summary>
    public int Second { get; private init; }
    /// <summary>0 (Sunday) – 6.</summary>
    public int WeekDay { get; private init; }
    /// <summary>0–365.</summary>
    public int YearDay { get; private init; }
    /// <summary>Whether the local zone was on daylight saving time.</summary>
    public bool IsDaylightSaving { get; private init; }
    int OffsetMinutes { get; init; }
    string ZoneName { get; init; }

    /// <summary>Days from 1970-01-01 to a date.</summary>
    public static long DaysFromCivil(long year, int month, int day)
    {
        // Years start in March here, so that the leap day is the last of its year.
        long y = month <= 2 ? year - 1 : year;
        long era = (y >= 0 ? y : y - 399) / 400;
        long yearOfEra = y - (era * 400);
        long dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        return (era * 146097) + (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - 719468;
    }

    /// <summary>Takes seconds since 1970 apart; in UTC when <paramref name="zone"/> is null.</summary>
    /// <returns>False when the year does not fit 32 bits.</returns>
    public static bool TryFrom(long time, TimeZoneInfo? zone, out CalendarTime date)
    {
        date = default;
        // 2^31 years are below 2^56 seconds.
        if (time is < -(1L << 56) or > 1L << 56) return false;
        int offset = 0;
        bool daylight = false;
        if (zone != null)
        {
            DateTimeOffset moment = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(time, 0, 253402300799 - SecondsPerDay));
            offset = (int)zone.GetUtcOffset(moment).TotalSeconds;
            daylight = zone.IsDaylightSavingTime(moment);
        }
        long local = time + offset;
        long days = (local / SecondsPerDay) - (local % SecondsPerDay < 0 ? 1 : 0);
        int secondOfDay = (int)(local - (days * SecondsPerDay));

        long shifted = days + 719468;
        long era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
        long dayOfEra = shifted - (era * 146097);
        long yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36524) - (dayOfEra / 146096)) / 365;
        long dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        long marchMonth = ((5 * dayOfYear) + 2) / 153;
        int month = (int)(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9);
        long year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
        if (year is < int.MinValue or > int.MaxValue) return false;

        date = new CalendarTime
        {
            Year = (int)year,
            Month = month,
            Day = (int)(dayOfYear - (((153 * marchMonth) + 2) / 5) + 1),
            Hour = secondOfDay / 3600,
            Minute = secondOfDay / 60 % 60,
            Second = secondOfDay % 60,
            WeekDay = (int)((((days + 4) % 7) + 7) % 7),
            YearDay = (int)(days - DaysFromCivil(year, 1, 1)),
            IsDaylightSaving = daylight,
            OffsetMinutes = offset / 60,
            ZoneName = zone is null ? "GMT" : daylight ? zone.DaylightName : zone.StandardName,
        };
        return true;
    }

    /// <summary>Appends what the strftime conversion gives in the C locale.</summary>
    /// <returns>False for a conversion outside <c>aAbBcdHIjmMpSUwWxXyYzZ%</c>.</returns>
    public bool TryAppend(char conversion, ref ByteBuilder result)
    {
        switch (conversion)
        {
            case 'a': Text(ref result, DayNames[WeekDay].AsSpan(0, 3)); break;
            case 'A': Text(ref result, DayNames[WeekDay]); break;
            case 'b': Text(ref result, MonthNames[Month - 1].AsSpan(0, 3)); break;
            case 'B': Text(ref result, MonthNames[Month - 1]); break;
            case 'c':
                Text(ref result, DayNames[WeekDay].AsSpan(0, 3));
                result.Append((byte)' ');
                Text(ref result, MonthNames[Month - 1].AsSpan(0, 3));
                result.Append((byte)' ');
                Digits(ref result, Day, 2, ' ');
                result.Append((byte)' ');
                Clock(ref result);
                result.Append((byte)' ');
                Digits(ref result, Year, 1);
                break;
            case 'd': Digits(ref result, Day, 2); break;
            case 'H': Digits(ref result, Hour, 2); break;
            case 'I': Digits(ref result, ((Hour + 11) % 12) + 1, 2); break;
            case 'j': Digits(ref result, YearDay + 1, 3); break;
            case 'm': Digits(ref result, Month, 2); break;
            case 'M': Digits(ref result, Minute, 2); break;
            case 'p': Text(ref result, Hour < 12 ? "AM" : "PM"); break;
            case 'S': Digits(ref result, Second, 2); break;
            case 'U': Digits(ref result, (YearDay + 7 - WeekDay) / 7, 2); break;
            case 'w': Digits(ref result, WeekDay, 1); break;
            case 'W': Digits(ref result, (YearDay + 7 - ((WeekDay + 6) % 7)) / 7, 2); break;
            case 'x':
                Digits(ref result, Month, 2);
                result.Append((byte)'/');
                Digits(ref result, Day, 2);
                result.Append((byte)'/');
                Digits(ref result, YearOfCentury, 2);
                break;
            case 'X': Clock(ref result); break;
            case 'y': Digits(ref result, YearOfCentury, 2); break;
            case 'Y': Digits(ref result, Year, 1); break;
            case 'z':
                result.Append(OffsetMinutes < 0 ? (byte)'-' : (byte)'+');
                Digits(ref result, Math.Abs(OffsetMinutes) / 60, 2);
                Digits(ref result, Math.Abs(OffsetMinutes) % 60, 2);
                break;
            case 'Z': Text(ref result, ZoneName); break;
            case '%': result.Append((byte)'%'); break;
            default: return false;
        }
        return true;
    }

    int YearOfCentury => ((Year % 100) + 100) % 100;

    void Clock(ref ByteBuilder result)
    {
        Digits(ref result, Hour, 2);
        result.Append((byte)':');
        Digits(ref result, Minute, 2);
        result.Append((byte)':');
        Digits(ref result, Second, 2);
    }

    // Straight into the result: a format of a megabyte must not leave a trail of temporary strings.

    static void Digits(ref ByteBuilder result, int value, int width, char padding = '0')
    {
        Span<byte> text = stackalloc byte[16];
        value.TryFormat(text, out int length);
        for (int i = length; i < width; i++) result.Append((byte)padding);
        result.Append(text[..length]);
    }

    static void Text(ref ByteBuilder result, ReadOnlySpan<char> text)
    {
        Span<byte> bytes = result.Reserve(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, bytes);
    }
}
