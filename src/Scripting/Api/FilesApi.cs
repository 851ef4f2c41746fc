using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>files</c>.</summary>
static class FilesApi
{
    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("files",
        "Files of this mod alone, in `data/files/<mod>/`, which operators can look into. For records that change often use `storage`. "
            + "Paths have names of a-z, 0-9, `_`, `-` and `.`, joined by `/`.",
    [
        new("readAsync", "(path: string) -> (string?, Err?)", "The content of a file; an error of kind `missing` when there is none.")
        { Needs = Permission.StorageFile, Body = (ModScope mod, ref CallContext call) => Begin(mod, ref call, "readAsync", ModFileKind.Read, PathOf(ref call)) },
        new("writeAsync", "(path: string, content: string | buffer) -> (boolean, Err?)",
            "Makes a file or replaces it whole: readers see the old content or the new one. On disk when it returns.")
        { Needs = Permission.StorageFile, Body = Write },
        new("removeAsync", "(path: string) -> (boolean, Err?)", "Removes a file.")
        { Needs = Permission.StorageFile, Body = (ModScope mod, ref CallContext call) => Begin(mod, ref call, "removeAsync", ModFileKind.Remove, PathOf(ref call)) },
        new("listAsync", "(folder: string?) -> ({ { path: string, bytes: number } }?, Err?)", "The files in a folder and below, or all, by path.")
        { Needs = Permission.StorageFile, Body = List },
    ]);

    static HostResult Write(ModScope mod, ref CallContext call)
    {
        byte[] content = call[1].As<LuauBuffer>() is { } block ? block.Span.ToArray() : call.String(1).Span.ToArray();
        return Begin(mod, ref call, "writeAsync", ModFileKind.Write, PathOf(ref call), content);
    }

    static HostResult List(ModScope mod, ref CallContext call) => Begin(mod, ref call, "listAsync", ModFileKind.List, call[0].IsNil ? "" : PathOf(ref call));

    static HostResult Begin(ModScope mod, ref CallContext call, string name, ModFileKind kind, string path, byte[]? content = null)
    {
        IModFiles files = mod.Services.Outside.Files ?? throw call.Error("this server keeps no files for mods");
        OutsideWait wait = OutsideWait.Begin(mod, ref call, name, content?.Length ?? 0);
        var operation = new ModFileOperation { ModId = mod.Id, Kind = kind, Path = path, Content = content ?? [], State = wait };
        if (files.Submit(operation)) return wait.Yield(ref call);
        wait.Cancel();
        LuauValue[] refused = Results(mod, operation);
        return call.Return(refused[0], refused[1]);
    }

    /// <summary>The answer is here.</summary>
    public static void Completed(OutsideWait wait, ModFileOperation operation) => wait.Answer(mod => Results(mod, operation));

    static LuauValue[] Results(ModScope mod, ModFileOperation operation)
    {
        if (operation.Outcome != ModFileOutcome.Done)
        {
            (string kind, string message) = operation.Outcome switch
            {
                ModFileOutcome.Missing => ("missing", $"there is no file '{operation.Path}'"),
                ModFileOutcome.TooLarge => ("too large", "the file is longer than allowed"),
                ModFileOutcome.Quota => ("quota", "the mod's folder is full"),
                ModFileOutcome.Busy => ("busy", "too many file operations of this mod are under way"),
                ModFileOutcome.Link => ("link", "the path leads through a link"),
                _ => ("failed", "the file cannot be read or written; the server's log says why"),
            };
            return [operation.Kind is ModFileKind.Write or ModFileKind.Remove ? LuauValue.False : LuauValue.Nil, Err.Make(mod, kind, message)];
        }
        switch (operation.Kind)
        {
            case ModFileKind.Read:
                return [mod.Vm.CreateString(operation.Content), LuauValue.Nil];
            case ModFileKind.List:
                LuauTable list = mod.Vm.CreateTable(arrayCapacity: operation.Found.Count);
                for (int i = 0; i < operation.Found.Count; i++)
                {
                    LuauTable entry = mod.Vm.CreateTable(fieldCapacity: 2);
                    mod.Vm.Set(entry, "path", mod.Vm.CreateString(operation.Found[i].Path));
                    mod.Vm.Set(entry, "bytes", operation.Found[i].Bytes);
                    mod.Vm.Set(list, i + 1, entry);
                }
                return [list, LuauValue.Nil];
            default:
                return [LuauValue.True, LuauValue.Nil];
        }
    }

    static string PathOf(ref CallContext call)
    {
        string path = call.String(0).ToString();
        return ModFilePath.Problem(path) is { } problem ? throw call.ArgumentError(0, problem) : path;
    }
}
