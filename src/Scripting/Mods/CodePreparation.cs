using System.Reflection;
using System.Runtime.CompilerServices;
using GameServer.Luau;

namespace GameServer.Scripting.Mods;

// Why: .NET compiles a method when it is first called, a fraction of a millisecond each. A mod that uses string.format for the first time an hour after the start
// would make that tick pay for ten methods at once. So all methods of the VM and of this room are compiled at the start, on a thread of their own.

/// <summary>Compiles all code that scripts can reach before scripts run.</summary>
static class CodePreparation
{
    static readonly Lazy<Task> Prepared = new(() => Task.Factory.StartNew(Prepare, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    /// <summary>Starts compiling, once per process; the task ends when all is compiled.</summary>
    public static Task Start() => Prepared.Value;

    static void Prepare()
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        Assembly[] assemblies = [typeof(LuauVm).Assembly, typeof(CodePreparation).Assembly];
        foreach (Type type in assemblies.SelectMany(assembly => assembly.GetTypes()))
        {
            if (type.ContainsGenericParameters || type.IsSubclassOf(typeof(Delegate))) continue;
            RuntimeHelpers.RunClassConstructor(type.TypeHandle); // Tables of constants: powers of ten, names, character classes.
            foreach (MethodBase method in type.GetMethods(all).Concat<MethodBase>(type.GetConstructors(all)))
                if (HasBody(method) && !method.ContainsGenericParameters) Compile(method);
        }
    }

    static void Compile(MethodBase method)
    {
        try
        {
            RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
        catch (PlatformNotSupportedException)
        {
            // Then it is compiled when it is called.
        }
    }

    static bool HasBody(MethodBase method) =>
        !method.IsAbstract && (method.Attributes & MethodAttributes.PinvokeImpl) == 0
            && (method.GetMethodImplementationFlags() & MethodImplAttributes.CodeTypeMask) == MethodImplAttributes.IL;
}
