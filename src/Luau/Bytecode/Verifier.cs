namespace GameServer.Luau.Bytecode;

/// <summary>Bytecode that must not run: a mistake of the compiler, or code that did not come from it.</summary>
/// <param name="message">What is wrong and where.</param>
sealed class VerificationException(string message) : Exception(message);

/// <summary>
/// Checks a proto and all functions inside it once, so that the interpreter need not check registers, constants, jump targets and cells while
/// running. First every function is checked for its form (FunctionForm.cs), then the registers are
/// followed along all paths (RegisterFlow.cs).
/// </summary>
/// <remarks>Pure; any thread. Takes time proportional to the size of the code.</remarks>
static class Verifier
{
    /// <summary>Checks <paramref name="main"/>, a main function, and everything inside it.</summary>
    /// <exception cref="VerificationException">The first fault found.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static void Verify(Proto main, CancellationToken cancellation = default)
    {
        if (main.UpvalueCount != 0)
            throw new VerificationException("a main function has upvalues");

        // Whether an upvalue is a cell is decided where the closure is made, so functions come with the kinds of their upvalues.
        var pending = new Stack<(Proto Proto, bool[] UpvalueIsCell)>();
        pending.Push((main, []));
        while (pending.TryPop(out var next))
        {
            var form = new FunctionForm(next.Proto, cancellation);
            form.Check();
            var children = new RegisterFlow(next.Proto, form, next.UpvalueIsCell).Follow();
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < children.Length; i++)
            {
                // A function whose NewClosure is never reached is never made.
                if (children[i] is { } kinds)
                    pending.Push((next.Proto.Children[i], kinds));
            }
        }
    }
}
