using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Hooks;

/// <summary>A script function registered for a hook.</summary>
sealed class Handler : Registration
{
    readonly LuauRef _function;

    /// <summary>Makes a handler that is not in any list yet.</summary>
    public Handler(HookList list, HookSubscriber subscriber, LuauRef function, CostAccount cost, Permission mask)
        : base(RegistrationKind.Handler)
    {
        (List, Subscriber, _function, Cost, Mask) = (list, subscriber, function, cost, mask);
    }

    /// <summary>The hook.</summary>
    public HookList List { get; }

    /// <summary>Whose.</summary>
    public HookSubscriber Subscriber { get; }

    /// <summary>Who pays for it.</summary>
    public CostAccount Cost { get; }

    /// <summary>Rights of the code that registered it; it runs with these.</summary>
    public Permission Mask { get; }

    /// <summary>Name within the mod; adding the same again replaces.</summary>
    public string? Id { get; init; }

    /// <summary>Lower runs first; −100 to 100.</summary>
    public double Priority { get; init; }

    /// <summary>Breaks ties: registration order.</summary>
    public long Sequence { get; set; }

    /// <summary>Released before its first run.</summary>
    public bool Once { get; init; }

    /// <summary>Runs after the others, sees the outcome, has no say.</summary>
    public bool Observes { get; init; }

    /// <summary>Argument indexes with the values they must have; null for all.</summary>
    public (int Index, HookValue Value)[]? Filter { get; init; }

    /// <summary>The function.</summary>
    public LuauFunction Function => _function.Value.As<LuauFunction>()!;

    /// <summary>Whether the filter lets these arguments through.</summary>
    public bool Wants(ReadOnlySpan<HookValue> args)
    {
        if (Filter is null) return true;
        foreach ((int index, HookValue value) in Filter)
        {
            if (index >= args.Length || !args[index].Matches(value)) return false;
        }
        return true;
    }

    /// <summary>Whether this registered the same function.</summary>
    public bool IsFor(LuauFunction function) => _function.IsAlive && ReferenceEquals(_function.Value.As<LuauFunction>(), function);

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        List.Remove(this);
        _function.Dispose();
    }
}
