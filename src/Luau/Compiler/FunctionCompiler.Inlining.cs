using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

sealed partial class FunctionCompiler
{
    /// <summary>Registers that must be free for an inlined body besides those of its arguments.</summary>
    const int InlinedRegisters = 40;

    /// <summary>What a local that is never assigned again stands for when it is called; the annotation of the variable.</summary>
    sealed record InlineFunction(FunctionExpression Function, List<(LocalVariable Variable, Expression Value)> Locals, Expression Body);

    /// <summary>Notes that calls of <paramref name="variable"/>, which was just given <paramref name="value"/>, may be written out.</summary>
    void NoteInlinable(LocalVariable variable, Expression value)
    {
        if (_compilation.Inline && !variable.IsReassigned && Ungroup(value) is FunctionExpression function && Inlining.BodyOf(function, out var locals) is { } body)
            variable.Annotation = new InlineFunction(function, locals, body);
    }

    /// <summary>Whether a call is written out here: the function is known, and the arguments can be told one by one.</summary>
    bool IsInlined(Expression expression, out CallExpression call, out InlineFunction function)
    {
        call = null!;
        function = null!;
        if (!_compilation.Inline || expression is not CallExpression { Function: LocalExpression { Variable.Annotation: InlineFunction inline } } found)
            return false;
        var arguments = found.Arguments;
        if (arguments is [.., { IsMultiple: true }] && arguments.Length < inline.Function.Parameters.Length && !IsInlined(arguments[^1], out _, out _))
            return false;
        if (_code.Top + arguments.Length + InlinedRegisters > CompileLimits.RegistersMax || !MayCaptureMore())
            return false;
        (call, function) = (found, inline);
        return true;
    }

    /// <summary>Whether the variables of a body may become upvalues here and on the way to their function without passing a limit that the call would keep.</summary>
    bool MayCaptureMore()
    {
        for (FunctionCompiler? compiler = this; compiler is not null; compiler = compiler._parent)
        {
            if (compiler._upvalues.Count > CompileLimits.UpvaluesMax / 2)
                return false;
        }
        return true;
    }

    /// <summary>Whether an expression may give any number of values here.</summary>
    bool IsOpen(Expression expression) => expression.IsMultiple && !IsInlined(expression, out _, out _);

    /// <summary>Evaluates the arguments, binds them to the parameters for the time being, and evaluates the body.</summary>
    void Inline(CallExpression call, InlineFunction inline, int target, bool temp)
    {
        var parameters = inline.Function.Parameters;
        var arguments = call.Arguments;
        var registers = new int[parameters.Length];
        var constants = new Constant[parameters.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i >= parameters.Length)
            {
                Drop(arguments[i]);
                continue;
            }
            constants[i] = _compilation.Folder.Of(arguments[i]);
            if (constants[i].IsKnown)
                continue;
            if (IsRegister(Ungroup(arguments[i]), out var variable))
                registers[i] = variable.Slot;
            else
                ExpressionTo(arguments[i], registers[i] = _code.Allocate());
        }

        // Only now: an argument may itself be a call of the same function.
        for (int i = 0; i < parameters.Length; i++)
        {
            var constant = i < arguments.Length ? constants[i] : Constant.Nil;
            parameters[i].Home = _function;
            parameters[i].Slot = registers[i];
            parameters[i].Annotation = constant.IsKnown ? constant : null;
        }
        foreach (var (local, value) in inline.Locals)
        {
            if (IsFolded(local))
                continue;
            int register = _code.Allocate();
            ExpressionTo(value, register);
            local.Home = _function;
            local.Slot = register;
        }
        ExpressionTo(inline.Body, target, temp);
        foreach (var parameter in parameters)
        {
            parameter.Home = null;
            parameter.Annotation = null;
        }
        foreach (var (local, _) in inline.Locals)
            local.Home = null;
        _code.Line = CallLine(call);
    }
}
