using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>A script function: code, captured variables and the environment its globals live in.</summary>
sealed class Closure : LuauFunction
{
    internal readonly LoadedProto Proto;
    /// <summary>Captured values; a variable that is assigned after its capture is a <see cref="Cell"/>.</summary>
    internal readonly LuauValue[] Upvalues;
    /// <summary>Where globals live.</summary>
    internal LuauTable Environment;
    /// <summary>The environment when cached imports may be trusted in it (<see cref="VmState.CacheEnvironmentOf"/>), else a table that no cache matches.</summary>
    internal LuauTable CacheEnvironment;

    internal Closure(LoadedProto proto, LuauValue[] upvalues, LuauTable environment, LuauTable cacheEnvironment)
    {
        Proto = proto;
        Upvalues = upvalues;
        Environment = environment;
        CacheEnvironment = cacheEnvironment;
    }

    /// <summary>Name for messages and tracebacks; null for anonymous functions and main chunks.</summary>
    internal LuauString? Name => Proto.Source.Name;

    /// <summary>Replaces the environment (<c>setfenv</c>).</summary>
    internal void SetEnvironment(LuauTable environment)
    {
        Environment = environment;
        CacheEnvironment = Proto.Vm.CacheEnvironmentOf(environment);
    }

    /// <inheritdoc/>
    internal override void Trace(Tracer tracer)
    {
        tracer.Count(ByteSize(Upvalues.Length));
        tracer.Mark(Environment);
        tracer.Mark(CacheEnvironment);
        tracer.Mark(Upvalues, Upvalues.Length);
        tracer.Mark(Proto);
    }

    /// <summary>Bytes charged for a closure.</summary>
    internal static long ByteSize(int upvalueCount) => 56 + HeapSizes.Values(upvalueCount);
}
