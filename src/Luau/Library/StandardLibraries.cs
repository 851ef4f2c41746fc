using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>The list of all libraries, and how they get into a VM. Functions and names are made once and shared by all VMs; only the tables that hold them are
/// made for each, because a host may add to them before it seals.</summary>
static class StandardLibraries
{
    /// <summary>Libraries every VM has.</summary>
    internal static readonly LibraryTable[] All =
    [
        BaseLibrary.Table, StringLibrary.Table, TableLibrary.Table, MathLibrary.Table, Bit32Library.Table, BufferLibrary.Table, VectorLibrary.Table,
        Utf8Library.Table, CoroutineLibrary.Table, OsLibrary.Table, DebugLibrary.Table,
    ];

    static readonly Prepared[] Shared = [.. All.Select(Prepare)];
    static readonly Prepared Runner = Prepare(BaseLibrary.RunnerTable);
    static readonly LuauString StringName = LuauString.Permanent("string"u8);
    static readonly LuauString FormatName = LuauString.Permanent("format"u8);
    static readonly LuauString GlobalsName = LuauString.Permanent("_G"u8);
    static readonly LuauString UnpackName = LuauString.Permanent("unpack"u8);

    /// <summary>A library as names and values in slot order.</summary>
    sealed record Prepared(LuauString Name, LuauString[] Keys, LuauValue[] Values);

    static Prepared Prepare(LibraryTable library) => new(
        LuauString.Permanent(System.Text.Encoding.ASCII.GetBytes(library.Name)),
        [.. library.Rows.Select(row => LuauString.Permanent(System.Text.Encoding.ASCII.GetBytes(row.Name)))],
        [.. library.Rows.Select(row => ValueOf(library.Name, row))]);

    static LuauValue ValueOf(string library, LibraryRow row)
    {
        string name = library.Length == 0 ? row.Name : $"{library}.{row.Name}";
        if (row.Body != null) return new LuauValue(HostFunction.Permanent(row.Name, row.Body, row.Kind, row.Builtin, name));
        if (row.Constant.Ref is LuauObject constant) constant.Mark = Tracer.PermanentMark;
        return row.Constant;
    }

    /// <summary>Puts all libraries into a new VM's globals and sets the metatable of strings.</summary>
    internal static void Open(VmState vm)
    {
        LuauHeap heap = vm.Heap;
        LuauTable globals = vm.Globals;
        foreach (Prepared library in Shared)
        {
            LuauTable table = globals;
            if (library.Name.Length > 0)
            {
                table = MakeTable(heap, library);
                globals.PutField(heap.Intern(library.Name), new LuauValue(table), constant: true);
            }
            else Add(heap, globals, library);
            if (LuauString.Equals(library.Name, StringName))
            {
                vm.StringMetatable = heap.NewTable(0, 1);
                vm.StringMetatable.PutField(heap.Intern(Metamethods.Names[(int)MetaEvent.Index]), new LuauValue(table), constant: true);
                vm.FormatFunction = (HostFunction)table.Get(FormatName).Ref!;
            }
        }
        vm.VectorMetatable = heap.NewTable(0, 1);
        vm.VectorMetatable.PutField(heap.Intern(Metamethods.Names[(int)MetaEvent.Index]), new LuauValue(VectorLibrary.Index), constant: true);
        if (globals.Get(TableName).Ref is LuauTable tableLibrary && tableLibrary.Get(UnpackName).Ref is HostFunction unpack)
            globals.PutField(heap.Intern(UnpackName), new LuauValue(HostFunction.Permanent("unpack", unpack.Body, unpack.Kind, unpack.Builtin)), constant: true);
        if (vm.Options.RunnerLibrary) Add(heap, globals, Runner);
        globals.PutField(heap.Intern(GlobalsName), new LuauValue(globals), constant: true);
    }

    static readonly LuauString TableName = LuauString.Permanent("table"u8);

    static LuauTable MakeTable(LuauHeap heap, Prepared library)
    {
        var keys = new LuauString[library.Keys.Length];
        for (int i = 0; i < keys.Length; i++) keys[i] = heap.Intern(library.Keys[i]);
        var table = new LuauTable(heap.Shapes.OfKeysDetached(keys), 0);
        for (int i = 0; i < keys.Length; i++) table.PutField(keys[i], library.Values[i], constant: true);
        return table;
    }

    static void Add(LuauHeap heap, LuauTable globals, Prepared library)
    {
        for (int i = 0; i < library.Keys.Length; i++) globals.PutField(heap.Intern(library.Keys[i]), library.Values[i], constant: true);
    }
}
