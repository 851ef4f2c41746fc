using System.Text;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Tests.Syntax;

/// <summary>Short ways to parse a text in a test.</summary>
static class Source
{
    public static ChunkNode Parse(string text) => Parser.Parse(new SourceText(Encoding.UTF8.GetBytes(text)));

    public static ChunkNode Parse(byte[] bytes) => Parser.Parse(new SourceText(bytes));

    /// <summary>Tree of the expression that a source text is.</summary>
    public static Expression Expression(string text) => ((ReturnStatement)Parse("return " + text).Main.Body.Statements[0]).Values[0];

    /// <summary><c>LINE: MESSAGE</c> of the error in a text, or <c>ok</c>.</summary>
    public static string Outcome(string text) => Outcome(Encoding.UTF8.GetBytes(text));

    /// <summary><c>LINE: MESSAGE</c> of the error in some bytes, or <c>ok</c>.</summary>
    public static string Outcome(byte[] bytes)
    {
        try
        {
            Parser.Parse(new SourceText(bytes));
            return "ok";
        }
        catch (SyntaxError error)
        {
            return $"{error.Line}: {error.Message}";
        }
    }

    /// <summary>Runs something on a thread with a stack of the given size and hands its exception on.</summary>
    public static void OnStack(int bytes, Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }, bytes);
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("the work on the small stack failed", failure);
    }
}
