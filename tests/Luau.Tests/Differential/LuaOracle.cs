using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Differential;

/// <summary>Runs the same chunk in Lua 5.4 (KeraLua) and here. The chunk reports cases with <c>check(name, f, ...)</c>; what both must agree on is the text it collects.</summary>
static class LuaOracle
{
    // Numbers are shown by their value alone: 5.4 tells integers from floats, its integers have no negative zero, and the sign of a NaN is nobody's.
    const string Prelude = """
        local out = {}
        local function show(v)
            if type(v) == "number" then
                if v ~= v then return "nan" end
                if v == 0 then return "0" end
                return string.format("%.14g", v)
            elseif type(v) == "string" then
                -- Texts of errors differ; their lines do not.
                local line = string.match(v, "^chunk:(%d+): ")
                if line then return "error at " .. line end
                return "'" .. v .. "'"
            elseif type(v) == "table" then
                local parts = {}
                for i = 1, #v do parts[i] = show(v[i]) end
                return "{" .. table.concat(parts, " ") .. "}"
            end
            if type(v) == "boolean" or v == nil then return tostring(v) end
            return type(v)
        end
        local function emit(...)
            local values = table.pack(...)
            local parts = {}
            for i = 1, values.n do parts[i] = show(values[i]) end
            out[#out + 1] = table.concat(parts, ", ")
        end
        local function check(f, ...)
            local results = table.pack(pcall(f, ...))
            if not results[1] then out[#out + 1] = "error" return end
            emit(table.unpack(results, 2, results.n))
        end

        """;
    const string End = "\nreturn table.concat(out, '\\n')";

    /// <summary>Compares line by line; <paramref name="cases"/> are statements of one line each, most of them one check.</summary>
    public static void Agree(IReadOnlyList<string> cases)
    {
        byte[] source = Encoding.Latin1.GetBytes(Prelude + string.Join('\n', cases) + End);
        string[] expected = RunLua(source).Split('\n'), actual = RunLuau(source).Split('\n');
        for (int i = 0; i < Math.Max(expected.Length, actual.Length); i++)
        {
            string e = i < expected.Length ? expected[i] : "(nothing)", a = i < actual.Length ? actual[i] : "(nothing)";
            string where = cases.Count == expected.Length && i < cases.Count
                ? cases[i]
                : $"line {i + 1} of the output, behind\n{string.Join('\n', expected[..Math.Min(i, expected.Length)])}\nof\n{string.Join('\n', cases)}";
            Assert.True(e == a, $"Lua: {e}\nhere: {a}\n{where}");
        }
    }

    static string RunLua(byte[] source)
    {
        using var lua = new KeraLua.Lua();
        var status = lua.LoadBuffer(source, "=chunk");
        if (status == KeraLua.LuaStatus.OK) status = lua.PCall(0, 1, 0);
        string result = Encoding.Latin1.GetString(lua.ToBuffer(-1) ?? []);
        Assert.True(status == KeraLua.LuaStatus.OK, $"the oracle itself failed: {result}\n{Encoding.Latin1.GetString(source)}");
        return result;
    }

    static string RunLuau(byte[] source)
    {
        using var vm = new LuauVm(new LuauVmOptions { MemoryBytesMax = 256 << 20 });
        vm.Seal();
        LuauFunction main = vm.Load(LuauVm.Compile(source, "=chunk", new LuauCompileOptions { OptimizationLevel = 2 }), vm.CreateEnvironment());
        try
        {
            return Encoding.Latin1.GetString(((LuauString)vm.Call(main)[0].Ref!).Span);
        }
        catch (LuauException e)
        {
            return $"failed: {e.Message}\n{e.Traceback}";
        }
    }

    /// <summary>A literal both languages read as these bytes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is >= ' ' and < '\x7f' and not '"' and not '\\') quoted.Append(c);
            else quoted.Append('\\').Append(((int)c).ToString("000"));
        }
        return quoted.Append('"').ToString();
    }
}
