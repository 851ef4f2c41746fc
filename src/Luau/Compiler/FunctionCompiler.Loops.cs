using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

sealed partial class FunctionCompiler
{
    /// <summary>Registers a generic loop may touch: its triple and behind it two variables, or a call of the iterator with two arguments.</summary>
    const int GenericLoopRegisters = 6;

    void While(WhileStatement statement)
    {
        var known = _compilation.Folder.Of(statement.Condition);
        if (known.IsKnown && !known.IsTruthy)
            return;

        // `continue` goes forwards to the one jump back, because only that is a safepoint.
        var exit = _code.NewLabel();
        var next = _code.NewLabel();
        var start = _code.Here();
        Condition(statement.Condition, false, exit);
        LoopBody(statement.Body, exit, next);
        _code.EmitJump(OpCode.LoopBack, 0, 0, start);
        _code.Place(exit);
    }

    /// <summary>Compiles the body of a loop and places the label of its <c>continue</c> behind it.</summary>
    void LoopBody(Block body, Label exit, Label next)
    {
        _loops.Push(new LoopLabels(exit, next));
        Block(body);
        _loops.Pop();
        _code.Place(next);
    }

    void Repeat(RepeatStatement statement)
    {
        var exit = _code.NewLabel();
        var next = _code.NewLabel();
        var start = _code.Here();

        // The condition sees the locals of the body.
        var scope = OpenScope();
        _loops.Push(new LoopLabels(exit, next));
        Statements(statement.Body);
        _loops.Pop();
        _code.Place(next);
        _code.Line = statement.Condition.Line;
        Condition(statement.Condition, true, exit);
        CloseScope(scope);
        _code.EmitJump(OpCode.LoopBack, 0, 0, start);
        _code.Place(exit);
    }

    void NumericFor(NumericForStatement statement)
    {
        var scope = OpenScope();
        int loop = _code.Allocate(3);
        if (_compilation.Unroll && LoopUnrolling.Iterations(statement, _compilation.Folder) is { } iterations)
        {
            Unrolled(statement, iterations);
            CloseScope(scope);
            return;
        }
        ExpressionTo(statement.From, loop);
        ExpressionTo(statement.To, loop + 1);
        var step = statement.Step is null ? Constant.Of(1.0) : _compilation.Folder.Of(statement.Step);
        if (statement.Step is null)
            _code.Emit(OpCode.LoadInt, loop + 2, 1);
        else
            ExpressionTo(statement.Step, loop + 2);

        var exit = _code.NewLabel();
        var next = _code.NewLabel();
        _code.EmitJump(OpCode.ForPrep, loop, 0, exit);
        var start = _code.Here();

        // The loop counts in its own register; the body gets a copy only when it could tell the difference.
        int variable = loop;
        if (statement.Variable.IsReassigned)
        {
            variable = _code.Allocate();
            _code.Emit(OpCode.Move, variable, loop);
        }
        Declare(statement.Variable, variable);

        LoopBody(statement.Body, exit, next);
        _code.Line = statement.Line;
        bool goesUp = _compilation.Optimize && step.IsNumber && step.Number > 0;
        _code.EmitJump(goesUp ? OpCode.ForLoopUp : OpCode.ForLoop, loop, 0, start);
        _code.Place(exit);
        CloseScope(scope);
    }

    /// <summary>Writes a loop out. Registers and locals are counted as in the loop, so that no limit depends on the level.</summary>
    void Unrolled(NumericForStatement statement, double[] iterations)
    {
        var exit = _code.NewLabel();
        var variable = statement.Variable;
        if (++_liveLocals > CompileLimits.LocalsMax)
            throw CompileLimits.Locals(variable);
        foreach (double value in iterations)
        {
            variable.Annotation = Constant.Of(value);
            LoopBody(statement.Body, exit, _code.NewLabel());
        }
        variable.Annotation = null;
        _code.Place(exit);
    }

    void GenericFor(GenericForStatement statement)
    {
        var scope = OpenScope();
        int loop = _code.Top;
        ListTo(statement.Values, 3);
        _code.Demand(GenericLoopRegisters - 3);

        var exit = _code.NewLabel();
        var next = _code.NewLabel();
        _code.EmitJump(OpCode.ForGPrep, loop, 0, next);
        var start = _code.Here();

        int variables = _code.Allocate(statement.Variables.Length);
        foreach (var variable in statement.Variables)
            Declare(variable, variables++);

        LoopBody(statement.Body, exit, next);
        _code.Line = statement.Line;
        _code.EmitJump(OpCode.ForGLoop, loop, statement.Variables.Length, start);
        _code.EmitJump(OpCode.ForGCheck, loop, statement.Variables.Length, start);
        _code.Place(exit);
        CloseScope(scope);
    }
}
