using System.Text;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Tests.Syntax;

public class ParserTests
{
    // One row or more for each row of the specification's table of compile-time errors (section 4).
    [Theory]
    [InlineData("if x", "1: Expected 'then' when parsing if statement, got <eof>")]
    [InlineData("while x\n\nx()", "3: Expected 'do' when parsing while loop, got 'x'")]
    [InlineData("for i = 1, 2 x", "1: Expected 'do' when parsing for loop, got 'x'")]
    [InlineData("for i, j = 1", "1: Expected 'in' when parsing for loop, got '='")]
    [InlineData("for i = 1 do", "1: Expected ',' when parsing index range, got 'do'")]
    [InlineData("x, y", "1: Expected '=' when parsing assignment, got <eof>")]
    [InlineData("x = { [1] 2 }", "1: Expected '=' when parsing table field, got '2'")]
    [InlineData("type T x", "1: Expected '=' when parsing type alias, got 'x'")]
    [InlineData("function f x", "1: Expected '(' when parsing function, got 'x'")]
    [InlineData("x = if a then b", "1: Expected 'else' when parsing if then else expression, got <eof>")]
    [InlineData("x = if a", "1: Expected 'then' when parsing if then else expression, got <eof>")]
    [InlineData("if x then", "1: Expected 'end' (to close 'then' at column 6), got <eof>")]
    [InlineData("\n\nfunction f()\n", "4: Expected 'end' (to close 'function' at line 3), got <eof>")]
    [InlineData("f(1", "1: Expected ')' (to close '(' at column 2), got <eof>")]
    [InlineData("x = {1", "1: Expected '}' (to close '{' at column 5), got <eof>")]
    [InlineData("x[1", "1: Expected ']' (to close '[' at column 2), got <eof>")]
    [InlineData("repeat x()", "1: Expected 'until' (to close 'repeat' at column 1), got <eof>")]
    [InlineData("local x: A<B", "1: Expected '>' (to close '<' at column 11), got <eof>")]
    [InlineData("function f()\n  if x then\n    do\n  end\nend\n",
        "6: Expected 'end' (to close 'function' at line 1), got <eof>; did you forget to close 'do' at line 3?")]
    [InlineData("x() end", "1: Expected <eof>, got 'end'")]
    [InlineData("x = ", "1: Expected identifier when parsing expression, got <eof>")]
    [InlineData("local 5", "1: Expected identifier when parsing variable name, got '5'")]
    [InlineData("function 5", "1: Expected identifier when parsing function name, got '5'")]
    [InlineData("function a.5", "1: Expected '(' when parsing function, got '.5'")]
    [InlineData("function a.end", "1: Expected identifier when parsing field name, got 'end'")]
    [InlineData("a:5", "1: Expected identifier when parsing method name, got '5'")]
    [InlineData("type T = X type end = 5", "1: Expected identifier when parsing type name, got 'end'")]
    [InlineData("x.end", "1: Expected identifier, got 'end'")]
    [InlineData("x + 1", "1: Incomplete statement: expected assignment or a function call")]
    [InlineData("(x) = 1", "1: Assigned expression must be a variable or a field")]
    [InlineData("x, f() = 1", "1: Assigned expression must be a variable or a field")]
    [InlineData("const x = 1\nx = 2", "2: Variable 'x' is constant and may not be reassigned")]
    [InlineData("const x = 1\nx += 2", "2: Variable 'x' is constant and may not be reassigned")]
    [InlineData("const x = 1\nfunction f()\nreturn function() x = 2 end end", "3: Variable 'x' is constant and may not be reassigned")]
    [InlineData("const x = 1\nfunction x() end", "2: Variable 'x' is constant and may not be reassigned")]
    [InlineData("const x, y = 1", "1: Missing initializer in const declaration")]
    [InlineData("f:m 5", "1: Expected '(', '{' or <string> when parsing function call, got '5'")]
    [InlineData("f(1,)", "1: Expected expression after ',' but got ')' instead")]
    [InlineData("local x = f\n(g).x = 1",
        "2: Ambiguous syntax: this looks like an argument list for a function call, but could also be a start of new statement; " +
        "use ';' to separate statements")]
    [InlineData("x = {\n a = 1\n b = 2 }", "3: Expected ',' after table constructor element")]
    [InlineData("function f() return ... end", "1: Cannot use '...' outside of a vararg function")]
    [InlineData("break", "1: break statement must be inside a loop")]
    [InlineData("while x do function f() continue end end", "1: continue statement must be inside a loop")]
    [InlineData("repeat\nlocal x\nif x then continue end\nlocal y\nuntil y",
        "5: Local y used in the repeat..until condition is undefined because continue statement on line 3 jumps over it")]
    [InlineData("x = 'a", "1: Malformed string; did you forget to finish it?")]
    [InlineData("x = 'a\\xyz'", "1: String literal contains malformed escape sequence")]
    [InlineData("x = `a{b}c", "1: Malformed interpolated string; did you forget to add a '`'?")]
    [InlineData("x = `a{b", "1: Malformed interpolated string; did you forget to add a '}'?")]
    [InlineData("x = `a{}`", "1: Malformed interpolated string, expected expression inside '{}'")]
    [InlineData("x = `a{{b}}`", "1: Double braces are not permitted within interpolated strings; did you mean '\\{'?")]
    [InlineData("x = 3x", "1: Malformed number")]
    [InlineData("x = a != b", "1: Unexpected '!='; did you mean '~='?")]
    [InlineData("x = a && b", "1: Unexpected '&&'; did you mean 'and'?")]
    [InlineData("x = a || b", "1: Unexpected '||'; did you mean 'or'?")]
    [InlineData("x = !a", "1: Unexpected '!'; did you mean 'not'?")]
    [InlineData("local x: 5", "1: Expected type, got '5'")]
    [InlineData("local x: a | b & c", "1: Mixing union and intersection types is not allowed; consider wrapping in parentheses.")]
    [InlineData("local x: ()", "1: Expected '->' after '()' when parsing function type; did you mean 'nil'?")]
    [InlineData("local x: { [a]: b, [c]: d }", "1: Cannot have more than one table indexer")]
    [InlineData("local x: function",
        "1: Using 'function' as a type annotation is not supported, consider replacing with a function type annotation " +
        "e.g. '(...any) -> ...any'")]
    [InlineData("function f(): a, b end",
        "1: Expected a statement, got ','; did you forget to wrap the list of return types in parentheses?")]
    [InlineData("@x function f() end", "1: Invalid attribute '@x'")]
    [InlineData("@native @native function f() end", "1: Cannot duplicate attribute '@native'")]
    [InlineData("@[] function f() end", "1: Attribute list cannot be empty")]
    [InlineData("@ function f() end", "1: Attribute name is missing")]
    [InlineData("@native local x = 1", "1: Expected 'function' after local declaration with attribute, but got 'x' instead")]
    [InlineData("local z\ntype function f() return z end", "2: Type function cannot reference outer local 'z'")]
    public void An_error_is_told_in_the_words_of_the_specification(string source, string outcome) =>
        Assert.Equal(outcome, Source.Outcome(source));

    [Theory]
    [InlineData("1 + 2 * 3", "(Add 1 (Multiply 2 3))")]
    [InlineData("1 - 2 - 3", "(Subtract (Subtract 1 2) 3)")]
    [InlineData("'a' .. 'b' .. 'c'", "(Concat \"a\" (Concat \"b\" \"c\"))")]
    [InlineData("2 ^ 3 ^ 4", "(Power 2 (Power 3 4))")]
    [InlineData("-2 ^ 2", "(Negate (Power 2 2))")]
    [InlineData("2 ^ -3", "(Power 2 (Negate 3))")]
    [InlineData("not a == b", "(Equal (Not a) b)")]
    [InlineData("a or b and c", "(Or a (And b c))")]
    [InlineData("a == b < c", "(Less (Equal a b) c)")]
    [InlineData("a .. b + c", "(Concat a (Add b c))")]
    [InlineData("a + b .. c", "(Concat (Add a b) c)")]
    [InlineData("a < b .. c", "(Less a (Concat b c))")]
    [InlineData("#a[1]", "(Length ([] a 1))")]
    [InlineData("-x :: number", "(Negate x)")]
    [InlineData("a :: number + b", "(Add a b)")]
    [InlineData("if a then b else c + 1", "(if a b (Add c 1))")]
    [InlineData("(f())", "(group (call@1 f))")]
    public void Operators_bind_as_specified(string source, string tree) =>
        Assert.Equal(tree, TreeText.Of(Source.Expression(source)));

    [Fact]
    public void Locals_know_whether_they_are_captured_or_assigned_anywhere()
    {
        var body = Source.Parse("""
            local plain, captured, assigned, both = 1, 2, 3, 4
            assigned = plain
            local function f(parameter)
                both += captured
                parameter = 1
                return function() return parameter, f end
            end
            for i = 1, 2 do i = 3 end
            """).Main.Body;
        var locals = ((LocalDeclarationStatement)body.Statements[0]).Variables;
        var function = (LocalFunctionStatement)body.Statements[2];
        var loop = (NumericForStatement)body.Statements[3];

        Assert.Equal([false, true, false, true], locals.Select(local => local.IsCaptured));
        Assert.Equal([false, false, true, true], locals.Select(local => local.IsReassigned));
        Assert.True(function.Variable.IsCaptured);
        Assert.True(function.Function.Parameters[0] is { IsCaptured: true, IsReassigned: true });
        Assert.True(loop.Variable is { IsReassigned: true, IsCaptured: false, LoopDepth: 1 });
        Assert.Equal(0, locals[0].LoopDepth);
    }

    [Fact]
    public void A_name_means_the_innermost_local_and_after_its_block_the_one_before()
    {
        var statements = Source.Parse("local a; do local a = a; use(a) end use(a) b = a local a = a").Main.Body.Statements;
        var outer = ((LocalDeclarationStatement)statements[0]).Variables[0];
        var block = ((DoStatement)statements[1]).Body.Statements;
        var inner = (LocalDeclarationStatement)block[0];

        Assert.Same(outer, ((LocalExpression)inner.Values[0]).Variable);
        Assert.Same(inner.Variables[0], ((LocalExpression)((CallExpression)((CallStatement)block[1]).Call).Arguments[0]).Variable);
        Assert.Same(outer, ((LocalExpression)((CallExpression)((CallStatement)statements[2]).Call).Arguments[0]).Variable);
        Assert.Same(outer, ((LocalExpression)((LocalDeclarationStatement)statements[4]).Values[0]).Variable);
    }

    [Fact]
    public void The_condition_of_repeat_sees_the_locals_of_the_body()
    {
        var loop = (RepeatStatement)Source.Parse("repeat local a until a x = a").Main.Body.Statements[0];
        var after = (AssignStatement)Source.Parse("repeat local a until a x = a").Main.Body.Statements[1];

        Assert.IsType<LocalExpression>(loop.Condition);
        Assert.IsType<GlobalExpression>(after.Values[0]);
    }

    [Fact]
    public void Assigned_globals_are_collected_and_fields_are_not()
    {
        var chunk = Source.Parse("math = 1; string.format = 2; function table() end; os += 1; local x; x = 1; print(debug, math)");

        Assert.Equal(["math", "table", "os"], chunk.AssignedGlobals.Select(name => name.ToString()));
        Assert.All(chunk.AssignedGlobals, name => Assert.True(name.IsAssignedGlobal));
        Assert.False(chunk.MentionsEnvironmentFunctions);
        Assert.True(Source.Parse("local f = getfenv").MentionsEnvironmentFunctions);
        Assert.False(Source.Parse("local setfenv; setfenv()").MentionsEnvironmentFunctions);
    }

    [Theory]
    [InlineData("function f() end", "f")]
    [InlineData("local function f() end", "f")]
    [InlineData("function a.b.f() end", "f")]
    [InlineData("function a:f() end", "f")]
    [InlineData("x = { f = function() end }", "f")]
    [InlineData("f = function() end", null)]
    [InlineData("local f = function() end", null)]
    [InlineData("x = { ['f'] = function() end }", null)]
    [InlineData("x = { f = (function() end) }", null)]
    public void Functions_get_their_name_from_the_declaration(string source, string? name)
    {
        var function = Source.Parse(source).Main.Body.Statements[0] switch
        {
            FunctionDeclarationStatement node => node.Function,
            LocalFunctionStatement node => node.Function,
            LocalDeclarationStatement node => node.Values[0],
            AssignStatement { Values: [TableExpression { Fields: [var field] }] } => field.Value,
            AssignStatement node => node.Values[0],
            _ => null,
        };
        if (function is GroupExpression group)
            function = group.Inner;

        Assert.Equal(name, ((FunctionExpression)function!).DebugName?.ToString());
    }

    [Theory]
    [InlineData("const z = 1; z = 2\n\nlocal 5", "1: Variable 'z' is constant and may not be reassigned")]
    [InlineData("repeat local a = 1 if a then continue end local b until b\nlocal 5",
        "2: Expected identifier when parsing variable name, got '5'")]
    public void The_first_error_wins_and_jumps_over_locals_count_last(string source, string outcome) =>
        Assert.Equal(outcome, Source.Outcome(source));

    [Fact]
    public void Exported_locals_are_collected_in_textual_order()
    {
        var chunk = Source.Parse("""
            export local a, b = 1, 2
            export function f() return a end
            export const c = 3
            export const function g() end
            export type T = number
            export.x = 5
            """);

        Assert.Equal(["a", "b", "f", "c", "g"], chunk.Exports.Select(local => local.Name.ToString()));
        Assert.True(chunk.Exports[3].IsConst);
        Assert.Empty(Source.Parse("export = 5").Exports);
    }

    [Theory]
    [InlineData("do export local a = 1 end", "1: 'export' may only be applied to top-level statements")]
    [InlineData("function f() export local a = 1 end", "1: 'export' may only be applied to top-level statements")]
    [InlineData("export local a = 1\nreturn a", "2: Exporting values is not compatible with top-level return (export/return conflict)")]
    [InlineData("if x then return end\nexport local a = 1", "2: Exporting values is not compatible with top-level return (export/return conflict)")]
    [InlineData("export local a = 1\nexport local a = 2", "2: Duplicate exported identifier 'a'")]
    [InlineData("export local 5", "1: 'export' must be followed by an identifier or 'function'")]
    [InlineData("export x", "1: Incomplete statement: expected assignment or a function call")]
    public void Exports_that_cannot_be_are_errors(string source, string outcome) => Assert.Equal(outcome, Source.Outcome(source));

    [Fact]
    public void A_byte_order_mark_is_skipped_and_an_interpreter_line_is_not()
    {
        Assert.Equal("1: Expected identifier when parsing expression, got '#'", Source.Outcome("#!/bin/run\nx = 1"));
        Assert.Equal("ok", Source.Outcome((byte[])[0xef, 0xbb, 0xbf, .. "x = 1"u8]));
        var error = Assert.Throws<SyntaxError>(() => Source.Parse((byte[])[0xef, 0xbb, 0xbf, .. "x = = 1"u8]));
        Assert.Equal(5, error.Column);
    }

    [Fact]
    public void A_source_over_the_limit_is_refused_without_reading_it()
    {
        var limits = new ParseLimits { SourceBytesMax = 10 };

        Assert.Equal(
            "Source of 11 bytes is larger than the limit of 10",
            Assert.Throws<SyntaxError>(() => Parser.Parse(new SourceText("x = 1  = = "u8.ToArray()), limits)).Message);
    }

    [Fact]
    public void A_parse_stops_when_it_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var limits = new ParseLimits { Cancellation = cancellation.Token };
        var source = new SourceText(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x = 1 ", 3000))));

        Assert.Throws<OperationCanceledException>(() => Parser.Parse(source, limits));
    }
}
