using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

// A call takes consecutive registers from the top on: function, arguments; its results come back to the same place. A count of results
// of -1 means all of them, with the frame's top set.
//
// Fast calls. A call of a library function known by its import chain is tried without a frame first: FastCall, then the ordinary
// sequence, which a success skips. The fast path gives exactly one result; where all results are wanted (last argument, return), a
// SetTop or a Return1 of its own follows.

sealed partial class FunctionCompiler
{
    const int AllResults = -1;
    const int FastArgumentsMax = 16;
    /// <summary>From this register on a method call spends a Move to save a register.</summary>
    const int LongChainFrom = 100;

    /// <summary>Evaluates an expression for its effects only.</summary>
    void Drop(Expression expression)
    {
        int top = _code.Top;
        expression = Ungroup(expression);
        if (expression is CallExpression call && FastCallOf(call) is var builtin and not BuiltinId.None)
            FastCall(call, builtin, _code.Allocate(), wantsResult: false);
        else if (expression is CallExpression or MethodCallExpression)
            Call(expression, 0);
        else if (!_compilation.Folder.Of(expression).IsKnown)
            Settle(Evaluate(expression));
        _code.SetTop(top);
    }

    /// <summary>A call with exactly one result.</summary>
    void CallTo(Expression call, int target, bool temp)
    {
        if (IsInlined(call, out var inlined, out var body))
        {
            Inline(inlined, body, target, temp);
            return;
        }
        // A target that is the last register taken is where the call goes itself.
        bool inPlace = temp && target == _code.Top - 1;
        if (call is CallExpression function && FastCallOf(function) is var builtin and not BuiltinId.None && !Builtins.HasNoResult(builtin))
        {
            FastCall(function, builtin, target, wantsResult: true, inPlace);
            return;
        }
        if (IsSelectOfVarArgs(call, out var select))
        {
            FastSelect(select, target, inPlace);
            return;
        }
        if (inPlace)
            _code.SetTop(target);
        int first = Call(call, 1);
        if (first != target)
            _code.Emit(OpCode.Move, target, first);
    }

    /// <summary>Evaluates a call or <c>...</c> to <paramref name="wanted"/> values from the top on; does not take their registers.</summary>
    void MultipleTo(Expression expression, int wanted)
    {
        if (expression.Kind == NodeKind.VarArgs)
        {
            _code.Line = expression.Line;
            _code.Demand(Math.Max(wanted, 1));
            _code.Emit(OpCode.VarArg, _code.Top, wanted + 1);
        }
        else if (wanted == AllResults && expression is CallExpression call && FastCallOf(call) is var builtin && GivesOneResult(call, builtin))
        {
            int target = _code.Top;
            var end = _code.NewLabel();
            int at = FastCallSequence(call, builtin, target, AllResults);
            _code.EmitJump(end);
            _code.EndFastCall(at);
            _code.Emit(OpCode.SetTop, target);
            _code.Place(end);
        }
        else
        {
            Call(expression, wanted);
        }
    }

    /// <summary>Evaluates a list to fresh registers so that its last item gives all its values.</summary>
    /// <returns>count+1, or 0 when the count is known only at run time.</returns>
    int ListToTop(Expression[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (i == values.Length - 1 && IsOpen(values[i]))
            {
                MultipleTo(values[i], AllResults);
                return 0;
            }
            ExpressionTo(values[i], _code.Allocate());
        }
        return values.Length + 1;
    }

    /// <summary>Evaluates a list to exactly <paramref name="wanted"/> fresh registers.</summary>
    void ListTo(Expression[] values, int wanted)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (i >= wanted)
            {
                Drop(values[i]);
            }
            else if (i == values.Length - 1 && wanted > values.Length)
            {
                RestTo(values[i], wanted - i);
            }
            else
            {
                ExpressionTo(values[i], _code.Allocate());
            }
        }
    }

    /// <summary><c>return f(…)</c>.</summary>
    void ReturnMultiple(Expression value)
    {
        int first = _code.Top;
        if (value is CallExpression call && FastCallOf(call) is var builtin && GivesOneResult(call, builtin))
        {
            int at = FastCallSequence(call, builtin, first, AllResults);
            _code.Emit(OpCode.Return, first, 0);
            _code.EndFastCall(at);
            _code.Emit(OpCode.Return1, first);
            return;
        }
        MultipleTo(value, AllResults);
        _code.Emit(OpCode.Return, first, 0);
    }

    /// <summary>Emits a call from the top on; the first result register, which is not taken.</summary>
    int Call(Expression expression, int results)
    {
        int first = _code.Top;
        if (expression is MethodCallExpression method)
        {
            _code.Demand(2 + method.Arguments.Length);
            if (first < LongChainFrom)
            {
                _code.Allocate(2);
                ExpressionTo(method.Object, first + 1);
            }
            else
            {
                // Where the object is evaluated its own calls begin: one register further on at each link of a chain of methods, so a long
                // chain has to stay where it is.
                ExpressionTo(method.Object, _code.Allocate());
                _code.Emit(OpCode.Move, _code.Allocate(), first);
            }
            int count = ListToTop(method.Arguments);
            _code.Line = method.NameLine;
            _code.Emit(OpCode.NameCall, first, _code.String(method.Name.Bytes));
            _code.Emit(OpCode.Call, first, count == 0 ? 0 : count + 1, results + 1);
        }
        else
        {
            var call = (CallExpression)expression;
            _code.Demand(1 + call.Arguments.Length);
            ExpressionTo(call.Function, _code.Allocate());
            int count = ListToTop(call.Arguments);
            _code.Line = CallLine(call);
            _code.Emit(OpCode.Call, first, count, results + 1);
        }
        _code.SetTop(first);
        _code.Demand(Math.Max(results, 1));
        return first;
    }

    // ---- fast calls

    /// <summary>The builtin that a call reaches without a frame. The number of its arguments must be known, or the last one be such a call itself.</summary>
    BuiltinId FastCallOf(CallExpression call) =>
        call.Arguments is [.., { IsMultiple: true }] && NestedFastCall(call) is null ? BuiltinId.None : FastCallByName(call);

    /// <summary>The last argument when it is a fast call with one result.</summary>
    CallExpression? NestedFastCall(CallExpression call) =>
        call.Arguments is [.., CallExpression { Arguments: [.., { IsMultiple: false }] } last]
            && FastCallByName(call) != BuiltinId.None && GivesOneResult(last, FastCallByName(last)) ? last : null;

    BuiltinId FastCallByName(CallExpression call)
    {
        if (!_compilation.UseImports || call.Arguments.Length > FastArgumentsMax)
            return BuiltinId.None;
        var builtin = BuiltinOf(call);
        if (builtin == BuiltinId.Base_select)
            return BuiltinId.None;
        return call.Arguments.Length > 0 || builtin == BuiltinId.Math_random ? builtin : BuiltinId.None;
    }

    /// <summary>The builtin that a call names, whether or not it can be reached without a frame.</summary>
    BuiltinId BuiltinOf(CallExpression call) => call.Function switch
    {
        _ when !_compilation.MayImport => BuiltinId.None,
        GlobalExpression { Name: { IsAssignedGlobal: false } name } => _compilation.Builtin(null, name),
        FieldExpression { Object: GlobalExpression { Name: { IsAssignedGlobal: false } library }, Name: var function }
            => _compilation.Builtin(library, function),
        _ => BuiltinId.None,
    };

    /// <summary>Line of an error in a call: where the called expression ends, but for builtins where it starts, as upstream has it.</summary>
    int CallLine(CallExpression call)
    {
        var function = call.Function;
        return function.Line != function.EndLine && _compilation.MayImport && IsUpstreamBuiltin(function) ? function.Line : function.EndLine;
    }

    /// <summary>Whether a call of this has a fast form upstream; a few differ from ours.</summary>
    static bool IsUpstreamBuiltin(Expression function) =>
        function is FieldExpression { Object: GlobalExpression { Name: { IsAssignedGlobal: false } library }, Name: var name }
            && BuiltinNames.IsUpstreamBuiltin(library, name);

    /// <summary>Whether a successful fast call of <paramref name="builtin"/> stands for exactly one result.</summary>
    static bool GivesOneResult(CallExpression call, BuiltinId builtin) => builtin switch
    {
        BuiltinId.None or BuiltinId.String_byte => false,
        BuiltinId.Base_assert => call.Arguments.Length == 1,
        _ => !Builtins.HasNoResult(builtin),
    };

    /// <summary><c>select(n, ...)</c>, the way to walk over variable arguments.</summary>
    bool IsSelectOfVarArgs(Expression expression, out CallExpression call)
    {
        call = (expression as CallExpression)!;
        return call is { Arguments: [{ IsMultiple: false }, { Kind: NodeKind.VarArgs }] } && _compilation.UseImports && BuiltinOf(call) == BuiltinId.Base_select;
    }

    void FastSelect(CallExpression call, int target, bool inPlace)
    {
        int top = _code.Top;
        if (inPlace)
            _code.SetTop(target);
        int first = _code.Allocate(2);
        int index = first + 1;
        if (IsRegister(Ungroup(call.Arguments[0]), out var variable))
            index = variable.Slot;
        else
            ExpressionTo(call.Arguments[0], index);
        _code.Line = CallLine(call);
        int at = _code.EmitFastCall(OpCode.FastSelect, BuiltinId.Base_select, target, index, 0);
        ExpressionTo(call.Function, first);
        if (index != first + 1)
            _code.Emit(OpCode.Move, first + 1, index);
        MultipleTo(call.Arguments[1], AllResults);
        _code.Line = CallLine(call);
        _code.Emit(OpCode.Call, first, 0, 2);
        if (first != target)
            _code.Emit(OpCode.Move, target, first);
        _code.EndFastCall(at);
        _code.SetTop(top);
    }

    void FastCall(CallExpression call, BuiltinId builtin, int target, bool wantsResult, bool inPlace = false)
    {
        int top = _code.Top;
        if (inPlace)
            _code.SetTop(target);
        int first = _code.Top;
        int at = FastCallSequence(call, builtin, target, wantsResult ? 1 : 0);
        if (wantsResult && first != target)
            _code.Emit(OpCode.Move, target, first);
        _code.EndFastCall(at);
        _code.SetTop(top);
    }

    /// <summary>Emits arguments, fast call and ordinary call; the ordinary results come to the top on.</summary>
    /// <param name="call">The call.</param>
    /// <param name="builtin">What it reaches.</param>
    /// <param name="target">Register of the fast result.</param>
    /// <param name="results">Ordinary results.</param>
    /// <param name="ordinary">Emits what the ordinary call needs beforehand, where this call is the last argument of another.</param>
    /// <returns>Position of the fast call, for <see cref="FunctionBuilder.EndFastCall"/>.</returns>
    int FastCallSequence(CallExpression call, BuiltinId builtin, int target, int results, Action? ordinary = null)
    {
        var arguments = call.Arguments;
        int first = _code.Top;
        int count = arguments.Length;
        _code.Demand(1 + count);
        _code.Allocate(1 + count);

        // One or two arguments are read where they are; more must be consecutive.
        var registers = new int[count];
        int constant = -1;
        var nested = NestedFastCall(call);
        var done = _code.NewLabel();
        for (int i = 0; i < count; i++)
        {
            int register = first + 1 + i;
            registers[i] = register;
            var known = _compilation.Folder.Of(arguments[i]);
            if (count <= 2 && IsRegister(Ungroup(arguments[i]), out var variable))
            {
                registers[i] = variable.Slot;
            }
            else if (count == 2 && i == 1 && known.IsKnown && known.Kind != ConstantKind.Nil
                && _code.Constant(known) is var index and <= Instruction.ShortConstantMax)
            {
                constant = index;
            }
            else if (nested is not null && i == count - 1)
            {
                NestedArgument(register);
            }
            else
            {
                _code.SetTop(register + 1);
                ExpressionTo(arguments[i], register);
            }
        }
        _code.SetTop(first + 1 + count);

        _code.Line = CallLine(call);
        int at = (count, constant) switch
        {
            (1, _) => _code.EmitFastCall(OpCode.FastCall1, builtin, target, registers[0], 0),
            (2, < 0) => _code.EmitFastCall(OpCode.FastCall2, builtin, target, registers[0], registers[1]),
            (2, _) => _code.EmitFastCall(OpCode.FastCall2K, builtin, target, registers[0], constant),
            _ => _code.EmitFastCall(OpCode.FastCallN, builtin, target, first + (count == 0 ? 0 : 1), count),
        };
        ExpressionTo(call.Function, first);
        ordinary?.Invoke();
        PlaceArguments(count);
        _code.Line = CallLine(call);
        _code.Emit(OpCode.Call, first, count + 1, results + 1);
        _code.Place(done);
        _code.SetTop(first);
        return at;

        // Moves arguments that were read elsewhere to where the ordinary call wants them.
        void PlaceArguments(int until)
        {
            for (int i = 0; i < until; i++)
            {
                if (i == 1 && constant >= 0)
                    ConstantTo(_compilation.Folder.Of(arguments[i]), first + 2);
                else if (registers[i] != first + 1 + i)
                    _code.Emit(OpCode.Move, first + 1 + i, registers[i]);
            }
        }

        // When the inner call turns out not to be the builtin, all its results are arguments: this call is then made the ordinary way.
        void NestedArgument(int register)
        {
            _code.SetTop(register);
            int inner = FastCallSequence(nested!, FastCallByName(nested!), register, AllResults, () =>
            {
                ExpressionTo(call.Function, first);
                ordinary?.Invoke();
                PlaceArguments(count - 1);
            });
            _code.Line = CallLine(call);
            _code.Emit(OpCode.Call, first, 0, results + 1);
            _code.EmitJump(done);
            _code.EndFastCall(inner);
        }
    }
}
