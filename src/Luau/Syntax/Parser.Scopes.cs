namespace GameServer.Luau.Syntax;

// Scopes. The innermost variable of a name hangs on the name itself, and a variable knows which one it hides: leaving a block puts those back.
// No dictionary is needed and a lookup is one load.
sealed partial class Parser
{
    readonly Name _continue;
    readonly Name _type;
    readonly Name _export;
    readonly Name _const;
    readonly Name _typeof;
    readonly Name _read;
    readonly Name _write;
    readonly Name _self;
    readonly Name _getfenv;
    readonly Name _setfenv;

    Scratch<LocalVariable> _visible = new(64);
    Scratch<Name> _assignedGlobals = new(16);
    FunctionScope _function = null!;
    LoopScope? _until;
    SyntaxError? _firstDeferredError;
    bool _mentionsEnvironmentFunctions;
    int _localSerial;

    // A function being parsed.
    sealed class FunctionScope(FunctionExpression function, FunctionScope? outer, bool isTypeFunction)
    {
        public FunctionExpression Function { get; } = function;

        public FunctionScope? Outer { get; } = outer;

        // The innermost type function around or this one; its body sees no local from outside.
        public FunctionExpression? TypeFunction { get; } = isTypeFunction ? function : outer?.TypeFunction;

        public LoopScope? Loop { get; set; }

        // An error that is one only when the rest of the chunk has none; those of inner functions count first.
        public SyntaxError? DeferredError { get; set; }
    }

    // A loop being parsed.
    sealed class LoopScope(LoopScope? outer)
    {
        public LoopScope? Outer { get; } = outer;

        public int Depth { get; } = outer is null ? 1 : outer.Depth + 1;

        // The first continue of this loop: its line, and which locals are declared after it.
        public int ContinueLine { get; set; }

        public int ContinueSerial { get; set; }

        // While the condition of a repeat is parsed: the last local of its body, and the same of a repeat around that condition.
        public int LastBodySerial { get; set; }

        public LoopScope? OuterUntil { get; set; }
    }

    void EnterFunction(FunctionExpression function, bool isTypeFunction)
    {
        if (_function is not null)
            _function.Function.ChildCount++;
        _function = new FunctionScope(function, _function, isTypeFunction);
    }

    void LeaveFunction(Block body)
    {
        _function.Function.Complete(body);
        _firstDeferredError ??= _function.DeferredError;
        _function = _function.Outer!;
    }

    LoopScope EnterLoop() => _function.Loop = new LoopScope(_function.Loop);

    void LeaveLoop() => _function.Loop = _function.Loop!.Outer;

    LocalVariable Declare(Name name, int line, bool isConst = false)
    {
        var local = NewLocal(name, line, isConst);
        BringIntoScope(local);
        return local;
    }

    LocalVariable NewLocal(Name name, int line, bool isConst) =>
        new(name, _function.Function, line) { IsConst = isConst, LoopDepth = _function.Loop?.Depth ?? 0 };

    void BringIntoScope(LocalVariable local)
    {
        local.Serial = ++_localSerial;
        local.Hidden = local.Name.Visible;
        local.Name.Visible = local;
        _visible.Push(local);
    }

    int OpenScope() => _visible.Count;

    void CloseScope(int start)
    {
        for (var i = _visible.Count - 1; i >= start; i--)
            _visible[i].Name.Visible = _visible[i].Hidden;
        _visible.Drop(start);
    }

    // A name in an expression; it is passed already.
    Expression Resolve(Name name, int line, int column)
    {
        if (name.Visible is not { } local)
        {
            if (name == _getfenv || name == _setfenv)
                _mentionsEnvironmentFunctions = true;
            return new GlobalExpression(name, line);
        }

        if (local.Function == _function.Function)
        {
            if (_until is not null)
                CheckUntil(local, line, column);
            return new LocalExpression(local, isUpvalue: false, line);
        }

        if (_function.TypeFunction is { } typeFunction && local.Function.Depth < typeFunction.Depth)
            throw Error($"Type function cannot reference outer local '{name}'");
        if (_until is not null)
            CheckUntil(local, line, column);
        local.IsCaptured = true;
        return new LocalExpression(local, isUpvalue: true, line);
    }

    // The condition of a repeat may not use what a continue of that loop jumps over.
    void CheckUntil(LocalVariable local, int line, int column)
    {
        for (var loop = _until; loop is not null; loop = loop.OuterUntil)
        {
            if (loop.ContinueLine != 0 && local.Serial > loop.ContinueSerial && local.Serial <= loop.LastBodySerial)
            {
                _function.DeferredError ??= new SyntaxError(
                    $"Local {local.Name} used in the repeat..until condition is undefined because continue statement on line " +
                    $"{loop.ContinueLine} jumps over it", line, column);
            }
        }
    }

    // Notes that an expression is assigned; only names, fields and indexes can be.
    void MarkAssigned(Expression target, in Token at)
    {
        switch (target)
        {
            case LocalExpression { Variable: var local }:
                if (local.IsConst)
                    throw ErrorAt(at, $"Variable '{local.Name}' is constant and may not be reassigned");
                local.IsReassigned = true;
                break;
            case GlobalExpression { Name: var name }:
                if (!name.IsAssignedGlobal)
                {
                    name.IsAssignedGlobal = true;
                    _assignedGlobals.Push(name);
                }

                break;
            case FieldExpression or IndexExpression:
                break;
            default:
                throw ErrorAt(at, "Assigned expression must be a variable or a field");
        }
    }
}
