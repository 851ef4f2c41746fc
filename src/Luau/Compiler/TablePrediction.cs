using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

/// <summary>What an empty table will probably hold, from the statements behind its declaration.</summary>
/// <param name="Keys">Distinct names assigned to it, in order.</param>
/// <param name="ArrayCount">Positional values.</param>
readonly record struct TablePrediction(List<Name> Keys, int ArrayCount)
{
    const int StatementsMax = 64;
    const int KeysMax = 64;
    const int ArrayMax = 1 << 14;

    /// <summary>Looks at the statements that follow the declaration of <paramref name="variable"/> in its block.</summary>
    public static TablePrediction Of(LocalVariable variable, ReadOnlySpan<Statement> following, ConstantFolder folder)
    {
        var keys = new List<Name>();
        int array = 0;
        if (variable.IsReassigned)
            return new TablePrediction(keys, 0);

        foreach (var statement in following[..Math.Min(following.Length, StatementsMax)])
        {
            switch (statement)
            {
                case AssignStatement { Targets: [FieldExpression field] } when IsVariable(field.Object):
                    Add(field.Name);
                    break;
                case FunctionDeclarationStatement { Target: FieldExpression field } when IsVariable(field.Object):
                    Add(field.Name);
                    break;
                case AssignStatement { Targets: [IndexExpression index] } when IsVariable(index.Object):
                    if (folder.Of(index.Key) is { IsNumber: true } key && key.Number == array + 1)
                        array++;
                    break;
                case NumericForStatement loop when array == 0 && FillsFromOne(loop):
                    array = (int)Math.Min(folder.Of(loop.To).Number, ArrayMax);
                    break;
                case ReturnStatement or BreakStatement or ContinueStatement:
                    return new TablePrediction(keys, array);
            }
        }
        return new TablePrediction(keys, array);

        bool IsVariable(Expression expression) => expression is LocalExpression local && local.Variable == variable;

        void Add(Name name)
        {
            if (keys.Count < KeysMax && !keys.Contains(name))
                keys.Add(name);
        }

        // for i = 1, CONSTANT do … t[i] = … end
        bool FillsFromOne(NumericForStatement loop) =>
            loop.Step is null && folder.Of(loop.From) is { IsNumber: true, Number: 1 } && folder.Of(loop.To) is { IsNumber: true, Number: > 0 }
            && loop.Body.Statements.Any(s => s is AssignStatement { Targets: [IndexExpression index] } && IsVariable(index.Object)
                && index.Key is LocalExpression key && key.Variable == loop.Variable);
    }
}
