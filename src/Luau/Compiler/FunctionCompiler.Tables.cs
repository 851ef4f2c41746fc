using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

sealed partial class FunctionCompiler
{
    /// <summary>Positional values stored by one SetList.</summary>
    const int ListChunk = 16;

    /// <summary>Keys of a template at most: objects, not dictionaries written as a constructor.</summary>
    const int TemplateKeysMax = 256;

    void TableTo(TableExpression table, int target, bool temp)
    {
        // A live local must keep its value until the table is complete: its fields may read it.
        int register = temp ? target : _code.Allocate();
        NewTable(table, register);

        int pending = 0;
        int stored = 0;
        int top = _code.Top;
        for (int i = 0; i < table.Fields.Length; i++)
        {
            var (key, value) = table.Fields[i];
            if (key is not null)
            {
                Flush();
                KeyedField(register, key, value);
                _code.SetTop(top);
            }
            else if (i == table.Fields.Length - 1 && value.IsMultiple)
            {
                MultipleTo(value, AllResults);
                _code.Emit(OpCode.SetList, register, _code.Top - pending, 0, stored + 1);
                pending = 0;
            }
            else
            {
                ExpressionTo(value, _code.Allocate());
                if (++pending == ListChunk)
                    Flush();
            }
        }
        Flush();
        _code.SetTop(top);
        if (register != target)
            _code.Emit(OpCode.Move, target, register);

        void Flush()
        {
            if (pending == 0)
                return;
            _code.Emit(OpCode.SetList, register, _code.Top - pending, pending + 1, stored + 1);
            stored += pending;
            pending = 0;
            _code.SetTop(top);
        }
    }

    void NewTable(TableExpression table, int register)
    {
        int positional = 0;
        int keyed = 0;
        List<int>? template = _compilation.Optimize ? [] : null;
        foreach (var field in table.Fields)
        {
            if (field.Key is null)
            {
                positional++;
                continue;
            }
            keyed++;
            if (template is not null && _compilation.Folder.Of(field.Key) is { IsString: true } known && template.Count < TemplateKeysMax)
            {
                int key = _code.String(known.Bytes!);
                if (!template.Contains(key))
                    template.Add(key);
            }
            else
            {
                template = null;
            }
        }

        if (template is { Count: > 0 })
            _code.Emit(OpCode.NewTableShape, register, _code.Template([.. template]), 0, positional);
        else
            _code.Emit(OpCode.NewTable, register, Math.Min(positional, ushort.MaxValue), Math.Min(keyed, ushort.MaxValue));
    }

    void KeyedField(int table, Expression key, Expression value)
    {
        var known = _compilation.Folder.Of(key);
        var operand = IsShortKey(known) ? default : Evaluate(key);
        int constant = StoredConstant(known, value);
        int register = constant >= 0 ? -1 : Settle(Evaluate(value));
        _code.Line = key.Line;
        StoreIndex(table, known, operand, register, constant);
    }

    /// <summary>
    /// <c>local t = {}</c>: looks at the statements that follow in the same block for the fields the table will get, so that it
    /// starts with the right shape and room. A guess that turns out wrong costs a few slots, nothing else.
    /// </summary>
    void EmptyTable(TableExpression table, int register, LocalVariable variable, ReadOnlySpan<Statement> following)
    {
        _code.Line = table.Line;
        if (!_compilation.Optimize)
        {
            _code.Emit(OpCode.NewTable, register);
            return;
        }
        var prediction = TablePrediction.Of(variable, following, _compilation.Folder);
        if (prediction.Keys.Count > 0)
        {
            var keys = prediction.Keys.Select(name => _code.String(name.Bytes)).ToArray();
            _code.Emit(OpCode.NewTableShape, register, _code.Template(keys), 0, prediction.ArrayCount);
        }
        else
        {
            _code.Emit(OpCode.NewTable, register, prediction.ArrayCount);
        }
    }
}
