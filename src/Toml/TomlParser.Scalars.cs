using System.Globalization;

namespace GameServer.Toml;

/// <content>Numbers, dates and times.</content>
sealed partial class TomlParser
{
    bool TryParseNumber(ReadOnlySpan<char> token, TomlPosition start, out TomlValue? value)
    {
        value = null;
        ReadOnlySpan<char> digits = token;
        bool negative = digits[0] == '-';
        if (digits[0] is '+' or '-')
            digits = digits[1..];
        if (digits is "inf" or "nan")
        {
            double special = digits is "nan" ? double.NaN : double.PositiveInfinity;
            value = new TomlFloat(negative ? -special : special, start);
            return true;
        }
        if (digits.Length > 2 && digits[0] == '0' && digits[1] is 'x' or 'o' or 'b')
            return TryParsePrefixed(token, digits, start, out value);
        if (digits.IndexOfAny('.', 'e', 'E') >= 0)
            return TryParseFloat(token, digits, negative, start, out value);
        if (!AreDecimalDigits(digits) || HasLeadingZero(digits))
            return Fail(start, NotAValue(token));
        return TryAccumulate(digits, 10, negative, out long number)
            ? Set(new TomlInteger(number, start), out value)
            : Fail(start, $"{QuoteToken(token)} does not fit into 64 bits");
    }

    static bool Set(TomlValue made, out TomlValue? value)
    {
        value = made;
        return true;
    }

    static string NotAValue(ReadOnlySpan<char> token)
    {
        string hint = char.IsAsciiLetter(token[0]) ? "; a string needs quotes" : "";
        return $"{QuoteToken(token)} is no TOML value{hint}";
    }

    bool TryParsePrefixed(ReadOnlySpan<char> token, ReadOnlySpan<char> digits, TomlPosition start, out TomlValue? value)
    {
        value = null;
        int numberBase = digits[1] switch { 'x' => 16, 'o' => 8, _ => 2 };
        if (digits.Length != token.Length || !AreDigits(digits[2..], numberBase))
            return Fail(start, NotAValue(token));
        return TryAccumulate(digits[2..], numberBase, negative: false, out long number)
            ? Set(new TomlInteger(number, start), out value)
            : Fail(start, $"{QuoteToken(token)} does not fit into 64 bits");
    }

    bool TryParseFloat(ReadOnlySpan<char> token, ReadOnlySpan<char> digits, bool negative, TomlPosition start, out TomlValue? value)
    {
        value = null;
        ReadOnlySpan<char> mantissa = digits;
        int exponentAt = digits.IndexOfAny('e', 'E');
        bool right = true;
        if (exponentAt >= 0)
        {
            mantissa = digits[..exponentAt];
            ReadOnlySpan<char> exponent = digits[(exponentAt + 1)..];
            if (!exponent.IsEmpty && exponent[0] is '+' or '-')
                exponent = exponent[1..];
            right = AreDecimalDigits(exponent);
        }
        int point = mantissa.IndexOf('.');
        ReadOnlySpan<char> whole = point >= 0 ? mantissa[..point] : mantissa;
        right = right && AreDecimalDigits(whole) && !HasLeadingZero(whole) && (point < 0 || AreDecimalDigits(mantissa[(point + 1)..]));
        if (!right)
            return Fail(start, NotAValue(token));
        string plain = digits.ToString().Replace("_", "", StringComparison.Ordinal);
        double number = double.Parse(plain, NumberStyles.Float, CultureInfo.InvariantCulture);
        return Set(new TomlFloat(negative ? -number : number, start), out value);
    }

    static bool AreDecimalDigits(ReadOnlySpan<char> text) => AreDigits(text, 10);

    // At least one digit; underscores only between digits.
    static bool AreDigits(ReadOnlySpan<char> text, int numberBase)
    {
        bool afterDigit = false;
        foreach (char c in text)
        {
            bool isDigit = DigitValue(c) < numberBase;
            if (!isDigit && !(c == '_' && afterDigit))
                return false;
            afterDigit = isDigit;
        }
        return afterDigit;
    }

    static int DigitValue(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => int.MaxValue,
    };

    static bool HasLeadingZero(ReadOnlySpan<char> digits) => digits.Length > 1 && digits[0] == '0';

    // Counts downwards, since the negative range is the larger one.
    static bool TryAccumulate(ReadOnlySpan<char> digits, int numberBase, bool negative, out long number)
    {
        number = 0;
        foreach (char c in digits)
        {
            if (c == '_')
                continue;
            int digit = DigitValue(c);
            if (number < (long.MinValue + digit) / numberBase)
                return false;
            number = number * numberBase - digit;
        }
        if (negative)
            return true;
        if (number == long.MinValue)
            return false;
        number = -number;
        return true;
    }

    static bool LooksLikeDateTime(ReadOnlySpan<char> token) =>
        token.Length > 2 && char.IsAsciiDigit(token[0]) && (token[2] == ':' || (token.Length > 4 && token[4] == '-' && AreDigits(token[..4], 10)));

    // RFC 3339: date, time, or date + 'T' or blank + time + optional offset.
    bool TryParseDateTime(ReadOnlySpan<char> token, TomlPosition start, out TomlValue? value)
    {
        value = null;
        ReadOnlySpan<char> rest = token;
        DateOnly? date = null;
        if (rest[2] != ':')
        {
            if (!TryTakeDate(ref rest, out DateOnly taken))
                return Fail(start, $"{QuoteToken(token)} is no valid date; expected like 2026-07-01");
            date = taken;
            if (rest.IsEmpty)
                return Set(new TomlDateTime(TomlKind.LocalDate, date, null, null, start), out value);
            if (rest[0] is not ('T' or 't' or ' '))
                return Fail(start, $"{QuoteToken(token)} is no valid date; expected 'T' before the time");
            rest = rest[1..];
        }
        if (!TryTakeTime(ref rest, out TimeOnly time))
            return Fail(start, $"{QuoteToken(token)} has no valid time; expected like 07:32:00");
        if (rest.IsEmpty)
            return Set(new TomlDateTime(date is null ? TomlKind.LocalTime : TomlKind.LocalDateTime, date, time, null, start), out value);
        if (date is null || !TryTakeOffset(rest, out TimeSpan offset))
            return Fail(start, $"{QuoteToken(token)} has no valid offset; expected Z or like +02:00 behind a date and time");
        return Set(new TomlDateTime(TomlKind.OffsetDateTime, date, time, offset, start), out value);
    }

    static bool TryTakeDate(ref ReadOnlySpan<char> rest, out DateOnly date)
    {
        date = default;
        if (rest.Length < 10 || rest[4] != '-' || rest[7] != '-'
            || !TryTakeNumber(rest[..4], out int year)
            || !TryTakeNumber(rest[5..7], out int month)
            || !TryTakeNumber(rest[8..10], out int day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }
        date = new DateOnly(year, month, day);
        rest = rest[10..];
        return true;
    }

    static bool TryTakeTime(ref ReadOnlySpan<char> rest, out TimeOnly time)
    {
        time = default;
        if (rest.Length < 8 || rest[2] != ':' || rest[5] != ':'
            || !TryTakeNumber(rest[..2], out int hour)
            || !TryTakeNumber(rest[3..5], out int minute)
            || !TryTakeNumber(rest[6..8], out int second)
            || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }
        // A leap second has no place in TimeOnly and is read as the second before it.
        time = new TimeOnly(hour, minute, Math.Min(second, 59));
        rest = rest[8..];
        return rest.IsEmpty || rest[0] != '.' || TryTakeFraction(ref rest, ref time);
    }

    static bool TryTakeFraction(ref ReadOnlySpan<char> rest, ref TimeOnly time)
    {
        int end = 1;
        long ticks = 0;
        long unit = TimeSpan.TicksPerSecond;
        for (; end < rest.Length && char.IsAsciiDigit(rest[end]); end++)
        {
            unit /= 10;
            ticks += unit * (rest[end] - '0');
        }
        if (end == 1)
            return false;
        time = time.Add(TimeSpan.FromTicks(ticks));
        rest = rest[end..];
        return true;
    }

    static bool TryTakeOffset(ReadOnlySpan<char> rest, out TimeSpan offset)
    {
        offset = default;
        if (rest is "Z" or "z")
            return true;
        if (rest.Length != 6 || rest[0] is not ('+' or '-') || rest[3] != ':'
            || !TryTakeNumber(rest[1..3], out int hours) || !TryTakeNumber(rest[4..6], out int minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }
        offset = new TimeSpan(hours, minutes, 0);
        if (rest[0] == '-')
            offset = -offset;
        return true;
    }

    static bool TryTakeNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        foreach (char c in digits)
        {
            if (!char.IsAsciiDigit(c))
                return false;
            number = number * 10 + (c - '0');
        }
        return true;
    }
}
