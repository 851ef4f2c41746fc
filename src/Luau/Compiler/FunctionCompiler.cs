using System.Diagnostics;
using System.Runtime.CompilerServices;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

// Reading order: this file (scopes, locals, upvalues), Statements, Assignments, Loops, Expressions, Operators, Conditions, Calls, Tables.
//
// Registers. Live locals sit at the bottom, temporaries above them; every method gives back the temporaries it took. An expression is
// compiled to a given register. `temp` says that the register is a temporary of the caller: it may be written before the value is
// complete. A live local may not, because the expression may still read it (a = {a}).
//
// Cells. A local that is captured and assigned later lives in a cell (see OpCode.cs). Such a local is read when the operation that uses
// it runs, not before (a + f() sees what f assigned to a), therefore operands are settled as late as possible: see Operand.
//
// Lines. The line of an instruction is the line of whatever was compiled last when it is emitted. Each construct sets the line where it
// starts, plain locals and constants do not, and calls, fields and methods set the line their errors show (specification, section 10).

/// <summary>Compiles one function.</summary>
sealed partial class FunctionCompiler
{
    readonly Compilation _compilation;
    readonly FunctionCompiler? _parent;
    readonly FunctionExpression _function;
    readonly FunctionBuilder _code;
    readonly List<LocalVariable> _upvalues = [];
    readonly Stack<LoopLabels> _loops = [];
    int _liveLocals;
    int _visited;

    /// <summary>Prepares the compilation of <paramref name="function"/>, written inside the function of <paramref name="parent"/>.</summary>
    public FunctionCompiler(Compilation compilation, FunctionCompiler? parent, FunctionExpression function)
    {
        _compilation = compilation;
        _parent = parent;
        _function = function;
        _code = new FunctionBuilder(compilation.Cancellation);
    }

    /// <summary>Where <c>break</c> and <c>continue</c> of the innermost loop go.</summary>
    readonly record struct LoopLabels(Label Break, Label Continue);

    /// <summary>Compiles the function and everything inside it.</summary>
    public Proto Compile()
    {
        _code.Line = _function.Line;
        foreach (var parameter in _function.Parameters)
            Declare(parameter, _code.Allocate());

        Statements(_function.Body);
        _code.Line = _function.EndLine;
        if (_function.Parent is null && _compilation.Exports.Length > 0)
            ReturnExports();
        else if (_function.Body.Statements is not [.., ReturnStatement])
            _code.Emit(OpCode.Return0);
        return _code.Finish(_function, _upvalues.Count, _compilation.Info);
    }

    // ---- scopes

    /// <summary>Compiles a block in a scope of its own.</summary>
    void Block(Block block)
    {
        var scope = OpenScope();
        Statements(block);
        CloseScope(scope);
    }

    void Statements(Block block)
    {
        for (int i = 0; i < block.Statements.Length; i++)
            Statement(block.Statements[i], block.Statements.AsSpan(i + 1));
    }

    (int Top, int Locals) OpenScope() => (_code.Top, _liveLocals);

    void CloseScope((int Top, int Locals) scope)
    {
        _code.SetTop(scope.Top);
        _liveLocals = scope.Locals;
    }

    // ---- locals

    /// <summary>Brings a local into scope whose initial value is in <paramref name="register"/>.</summary>
    void Declare(LocalVariable variable, int register)
    {
        if (++_liveLocals > CompileLimits.LocalsMax)
            throw CompileLimits.Locals(variable);
        variable.Slot = register;
        if (IsCell(variable))
            _code.Emit(OpCode.NewCell, register);
    }

    static bool IsCell(LocalVariable variable) => variable.IsCaptured && variable.IsReassigned;

    /// <summary>Whether the local is folded away: its uses are constants and it has no register.</summary>
    bool IsFolded(LocalVariable variable) => _compilation.Folder.Of(variable).IsKnown;

    bool IsOwn(LocalVariable variable) => ReferenceEquals(variable.Home ?? variable.Function, _function);

    /// <summary>Whether the expression is a local of this function that lives in a plain register; which.</summary>
    bool IsRegister(Expression expression, out LocalVariable variable)
    {
        if (expression is LocalExpression local && IsOwn(local.Variable) && !IsCell(local.Variable) && !IsFolded(local.Variable))
        {
            variable = local.Variable;
            Debug.Assert(variable.Slot >= 0 && variable.Slot < _code.RegisterCount);
            return true;
        }
        variable = null!;
        return false;
    }

    // ---- upvalues

    int Upvalue(LocalVariable variable)
    {
        // At most two hundred: a search is quicker than a table for all the functions with two or three.
        int index = _upvalues.IndexOf(variable);
        if (index >= 0)
            return index;
        if (_upvalues.Count >= CompileLimits.UpvaluesMax)
            throw CompileLimits.Upvalues(variable);
        _upvalues.Add(variable);
        return _upvalues.Count - 1;
    }

    /// <summary>Makes a closure. A local function that is never assigned captures itself before it has a value: <paramref name="self"/>.</summary>
    void Closure(FunctionExpression function, int target, LocalVariable? self = null)
    {
        var compiler = new FunctionCompiler(_compilation, this, function);
        int child = _code.Child(compiler.Compile());
        _code.Line = function.Line;
        _code.Emit(OpCode.NewClosure, target, child);
        foreach (var variable in compiler._upvalues)
        {
            if (variable == self)
                _code.Emit(OpCode.Capture, (int)CaptureKind.Self, 0);
            else if (IsOwn(variable))
                _code.Emit(OpCode.Capture, (int)CaptureKind.Register, variable.Slot);
            else
                _code.Emit(OpCode.Capture, (int)CaptureKind.Upvalue, Upvalue(variable));
        }
    }

    // ---- bounds

    /// <summary>Guards the recursion over the tree and polls the cancellation.</summary>
    void Enter(Node node)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw CompileLimits.TooDeep(node.Line);
        if ((++_visited & 1023) == 0)
            _compilation.Cancellation.ThrowIfCancellationRequested();
    }
}
