using System.Text;
using GameServer.Luau;
using GameServer.Luau.Values;

namespace GameServer.Server.Cli;

/// <summary>Names that may stand where a text ends.</summary>
/// <param name="Start">Where the name begins in the text.</param>
/// <param name="Names">Whole names in order; empty when there are none.</param>
readonly record struct Completion(int Start, IReadOnlyList<string> Names);

/// <summary>
/// Completes globals, and fields along a chain like <c>a.b.c</c> or <c>a.b:c</c>. Values are only looked at: raw fields, and the tables that
/// <c>__index</c> names; no metamethod runs, so pressing a key changes nothing.
/// </summary>
/// <param name="vm">The VM.</param>
/// <param name="environment">Globals of the script; what it lacks is looked up in those of the VM.</param>
sealed class LuauCompletion(LuauVm vm, LuauTable environment)
{
    const int InheritanceMax = 16;
    const int KeysLookedAtMax = 10_000;

    readonly LuauFunction _getMetatable = vm.Get(vm.Globals, "getmetatable").As<LuauFunction>()!;

    /// <summary>Completes the name at the end of a text.</summary>
    public Completion Complete(string text)
    {
        int chainStart = text.Length;
        while (chainStart > 0 && IsPartOfChain(text[chainStart - 1]))
            chainStart--;
        string chain = text[chainStart..];
        int separator = chain.LastIndexOfAny(['.', ':']);
        string prefix = chain[(separator + 1)..];
        Completion none = new(text.Length, []);
        if (prefix.Length > 0 && !IsName(prefix) || separator < 0 && prefix.Length == 0)
            return none;
        IEnumerable<LuauTable> tables = [environment, vm.Globals];
        if (separator >= 0)
        {
            foreach (string name in chain[..separator].Split('.', ':'))
            {
                if (!IsName(name))
                    return none;
                tables = TablesOf(Find(tables, name));
            }
        }
        bool onlyFunctions = separator >= 0 && chain[separator] == ':';
        return new Completion(text.Length - prefix.Length, [.. NamesIn(tables, prefix, onlyFunctions)]);
    }

    LuauValue Find(IEnumerable<LuauTable> tables, string name)
    {
        foreach (LuauTable table in tables)
        {
            LuauValue value = vm.Get(table, name);
            if (!value.IsNil)
                return value;
        }
        return LuauValue.Nil;
    }

    /// <summary>Where fields of a value are found, its own first.</summary>
    List<LuauTable> TablesOf(LuauValue value)
    {
        List<LuauTable> tables = [];
        if (value.As<LuauString>() is not null && vm.Get(vm.Globals, "string").As<LuauTable>() is { } methods)
            tables.Add(methods);
        while (value.As<LuauTable>() is { } table && tables.Count < InheritanceMax)
        {
            tables.Add(table);
            value = MetatableOf(table) is { } metatable ? vm.Get(metatable, "__index") : LuauValue.Nil;
        }
        return tables;
    }

    // The library function: it shows what scripts may see, and calls nothing.
    LuauTable? MetatableOf(LuauTable table) => vm.Call(_getMetatable, table)[0].As<LuauTable>();

    SortedSet<string> NamesIn(IEnumerable<LuauTable> tables, string prefix, bool onlyFunctions)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        byte[] start = Encoding.UTF8.GetBytes(prefix);
        foreach (LuauTable table in tables)
        {
            LuauValue key = LuauValue.Nil;
            for (int i = 0; i < KeysLookedAtMax && vm.Next(table, ref key, out LuauValue value); i++)
            {
                if (key.As<LuauString>() is { } text && text.Span.StartsWith(start)
                    && (!onlyFunctions || value.As<LuauFunction>() is not null)
                    && text.ToString() is var name && IsName(name))
                    names.Add(name);
            }
        }
        return names;
    }

    static bool IsPartOfChain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':';

    static bool IsName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
