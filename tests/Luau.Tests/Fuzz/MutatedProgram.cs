using System.Text;
using GameServer.Support;

namespace GameServer.Luau.Tests.Fuzz;

/// <summary>A piece of a test script with some of its bytes changed: source that is almost right.</summary>
sealed class MutatedProgram(Random random)
{
    const int PieceBytesMax = 600;

    static readonly byte[][] Scripts =
    [
        .. Directory.EnumerateFiles(Repository.PathOf("tests", "Luau.Tests", "scripts"), "*.luau", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
    ];

    static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "end", " do ", "(", ")", "{", "}", "function() ", "return ", "...", "nil", "=", ",", "0", "1e308", "-", "..", "\"", "`", "{{", "[[", "]]", "--[[", "\\", "\0", "\r", "<<", ">>", "::", "?",
            "while true do ", "local ", "coroutine.yield(", "pcall(", "error(", "if ", " then ", "else ", "until ", "break ", "continue ", "type ", "export ", "const ", "@native ",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>Makes one program.</summary>
    public byte[] Make()
    {
        byte[] script = Scripts[random.Next(Scripts.Length)];
        int start = random.Next(Math.Max(1, script.Length - 50));
        // From the start of a line, so that it has a chance to compile.
        while (start > 0 && script[start - 1] != '\n') start--;
        List<byte> bytes = [.. script.AsSpan(start, Math.Min(script.Length - start, random.Next(20, PieceBytesMax)))];
        for (int n = random.Next(4); n > 0 && bytes.Count > 0; n--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 10), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count), 1)); break;
                default: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            }
        }
        return [.. bytes];
    }
}
