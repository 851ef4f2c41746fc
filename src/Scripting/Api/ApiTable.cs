using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>Body of an API function: the mod that calls, and the call.</summary>
delegate HostResult ApiBody(ModScope mod, ref CallContext call);

/// <summary>One entry of an API library, as scripts, documentation and type definitions see it.</summary>
/// <param name="Name">Field name.</param>
/// <param name="Signature">Luau type.</param>
/// <param name="Doc">What it does, in a sentence or two.</param>
sealed record ApiRow(string Name, string Signature, string Doc)
{
    /// <summary>Right the calling thread needs; a row that names none is out of reach of user mods.</summary>
    public Permission? Needs { get; init; }

    /// <summary>The function; null for a constant.</summary>
    public ApiBody? Body { get; init; }

    /// <summary>API level that first had it; <c>api</c> in mod.toml names the level a mod was written for.</summary>
    public int Since { get; init; } = 1;

    /// <summary>What to use instead, and when this goes; null while it is current.</summary>
    public ApiDeprecation? Deprecated { get; init; }

    /// <summary>The constant, made for each VM.</summary>
    public Func<ModScope, LuauValue>? Constant { get; init; }
}

/// <summary>An entry on its way out.</summary>
/// <param name="Instead">What to use, as written in a script.</param>
/// <param name="RemovedIn">API level that will not have it any more.</param>
sealed record ApiDeprecation(string Instead, int RemovedIn);

/// <summary>One library: a frozen global table.</summary>
/// <param name="Name">Global name; empty for plain globals.</param>
/// <param name="Doc">What it is for.</param>
/// <param name="Rows">Its entries.</param>
sealed record ApiLibrary(string Name, string Doc, IReadOnlyList<ApiRow> Rows);

/// <summary>One class of host objects.</summary>
/// <param name="Name">Type name.</param>
/// <param name="Tag">Userdata tag.</param>
/// <param name="Doc">What it is.</param>
/// <param name="Fields">Readable fields.</param>
/// <param name="Methods">Methods; the first argument is the object.</param>
sealed record ApiClass(string Name, int Tag, string Doc, IReadOnlyList<ApiRow> Fields, IReadOnlyList<ApiRow> Methods);
