using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace GameServer.Toml.Tests;

/// <summary>What holds for every input: nothing raises, and what is written comes back.</summary>
public sealed class ReaderProperties
{
    [Fact]
    public void Arbitrary_bytes_never_raise() =>
        Prop.ForAll<byte[]>(bytes => TomlReader.Read(bytes ?? []).Errors.Count <= TomlReader.ErrorsMax)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Arbitrary_mixtures_of_toml_pieces_never_raise_and_errors_lie_inside_the_text()
    {
        string[] pieces =
        [
            "a", "b.c", "\"", "'", "\"\"\"", "'''", "=", " ", "\n", "\r\n", "\r", "[", "]", "[[", "]]", "{", "}", ",", "#", "\\", "\\u00e9", "\\x",
            "1", "0x1f", "1_0", "1.5e3", "-inf", "true", "2026-07-01", "T", "07:32:00", "Z", "+02:00", "\t", "\0", "\u00e9", "\uD800", "key = 1\n",
        ];
        Gen<string> texts = Gen.Elements(pieces).ListOf().Select(list => string.Concat(list));

        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            TomlDocument document = TomlReader.Read(text);
            int lines = text.Count(c => c == '\n') + 1;
            return document.Errors.All(e => e.Position.Line >= 1 && e.Position.Line <= lines && e.Position.Column >= 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(60));
    }

    [Fact]
    public void Any_string_survives_being_written_with_escapes() =>
        Prop.ForAll<string>(text =>
        {
            string clean = Wellformed(text ?? "");
            return Read($"k = {Quoted(clean)}") is TomlString read && read.Value == clean;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Any_key_survives_being_written_with_quotes() =>
        Prop.ForAll<string>(text =>
        {
            string clean = Wellformed(text ?? "");
            TomlDocument document = TomlReader.Read($"{Quoted(clean)} = 1");
            return !document.HasErrors && document.Root.Entries[0].Key == clean;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Any_integer_survives_in_every_base() =>
        Prop.ForAll<long>(number =>
            Read($"k = {number}") is TomlInteger ten && ten.Value == number
            && (number < 0 || (Read($"k = 0x{number:x}") is TomlInteger sixteen && sixteen.Value == number)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("9223372036854775807", true)]
    [InlineData("-9223372036854775808", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("-9223372036854775809", false)]
    [InlineData("0x7fffffffffffffff", true)]
    [InlineData("0x8000000000000000", false)]
    [InlineData("0b1", true)]
    [InlineData("0o777", true)]
    public void Integers_end_at_64_bits(string text, bool fits) => Assert.Equal(fits, !TomlReader.Read($"k = {text}").HasErrors);

    [Fact]
    public void Any_finite_float_survives_being_written() =>
        Prop.ForAll<double>(number =>
        {
            if (!double.IsFinite(number))
                return true;
            string text = number.ToString("E16", CultureInfo.InvariantCulture);
            return Read($"k = {text}") is TomlFloat read && read.Value.Equals(number);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    static TomlValue? Read(string line)
    {
        TomlDocument document = TomlReader.Read(line);
        return document.HasErrors ? null : document.Root.Entries[0].Value;
    }

    // Lone surrogates cannot be written in UTF-8.
    static string Wellformed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    static string Quoted(string text)
    {
        StringBuilder built = new("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\' or < ' ' or '\u007F')
                built.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                built.Append(c);
        }
        return built.Append('"').ToString();
    }
}
