using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Server.Cli;

/// <summary>
/// An interactive prompt: what is entered runs at once, an expression shows its values, an error ends only the input it came from. Globals stay from
/// input to input; locals end with theirs, as each input is a chunk of its own.
/// </summary>
sealed partial class LuauRepl : IDisposable
{
    /// <summary>Before an input.</summary>
    public const string Prompt = "> ";

    /// <summary>Before a further line of an input.</summary>
    public const string ContinuationPrompt = ">> ";

    // An input is compiled anew with each line it gets; beyond this it is wrong rather than long.
    const int InputCharsMax = 1 << 20;
    const string ReturnPrefix = "return ";

    readonly TextWriter _output;
    readonly TextWriter _error;
    readonly LuauVm _vm;
    readonly ModuleLoader _modules;
    readonly LuauTable _environment;
    readonly LuauValueText _text;
    readonly LuauCompletion _completion;
    readonly Lock _runLock = new();
    bool _isRunning;

    /// <param name="folder">What <c>require</c> is relative to.</param>
    /// <param name="options">Optimization and memory limit; the rest is for scripts.</param>
    /// <param name="output">Where values and <c>print</c> go.</param>
    /// <param name="error">Where errors go.</param>
    public LuauRepl(string folder, LuauScriptOptions options, TextWriter output, TextWriter error)
    {
        _output = output;
        _error = error;
        _vm = new LuauVm(new LuauVmOptions
        {
            MemoryBytesMax = options.MemoryBytesMax,
            OnMemoryLimit = MemoryFault.Error,
            RunnerLibrary = true,
            Print = line => output.Write(Encoding.UTF8.GetString(line) + "\n"),
        });
        _vm.Seal();
        _modules = new ModuleLoader(_vm, new LuauCompileOptions { OptimizationLevel = options.OptimizationLevel });
        _environment = _modules.EnvironmentFor(Path.GetFullPath(Path.Combine(folder, "stdin")));
        _text = new LuauValueText(_vm);
        _completion = new LuauCompletion(_vm, _environment);
    }

    /// <summary>Reads and runs inputs until there are no more lines.</summary>
    public void Run(ILineSource lines)
    {
        string input = "";
        while (true)
        {
            LineInput line = lines.Read(input.Length == 0 ? Prompt : ContinuationPrompt);
            switch (line.End)
            {
                case LineEnd.Cancelled:
                    input = "";
                    break;
                case LineEnd.Closed:
                    if (input.Length > 0)
                        TryEvaluate(input, mayContinue: false);
                    return;
                default:
                    input = input.Length == 0 ? line.Text : $"{input}\n{line.Text}";
                    if (TryEvaluate(input, mayContinue: input.Length < InputCharsMax))
                        input = "";
                    break;
            }
        }
    }

    /// <summary>Stops the input that is running. Any thread.</summary>
    /// <returns>False when none is.</returns>
    public bool Interrupt()
    {
        lock (_runLock)
        {
            if (_isRunning)
                _vm.RequestKill();
            return _isRunning;
        }
    }

    /// <summary>Names that may stand at the end of a text; runs no script code. Not while an input runs.</summary>
    public Completion Complete(string text) => _completion.Complete(text);

    public void Dispose() => _vm.Dispose();

    /// <summary>Runs an input, or tells that it is not whole yet.</summary>
    bool TryEvaluate(string input, bool mayContinue)
    {
        CompiledChunk? chunk = Compile($"{ReturnPrefix}{input}", out LuauCompileException? asExpression, out bool isIncompleteExpression);
        LuauCompileException? asStatements = null;
        bool areIncomplete = false;
        chunk ??= Compile(input, out asStatements, out areIncomplete);
        if (chunk is not null)
        {
            Execute(chunk);
            return true;
        }
        if (mayContinue && (isIncompleteExpression || areIncomplete))
            return false;
        _error.WriteLine(Further(asExpression!, asStatements!));
        return true;
    }

    CompiledChunk? Compile(string source, out LuauCompileException? mistake, out bool isIncomplete)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(source);
        try
        {
            (mistake, isIncomplete) = (null, false);
            return LuauVm.Compile(bytes, "=stdin", _modules.CompileOptions);
        }
        catch (LuauCompileException e)
        {
            (mistake, isIncomplete) = (e, IsIncomplete(bytes, e));
            return null;
        }
    }

    /// <summary>Whether a mistake is that the source ends too early.</summary>
    static bool IsIncomplete(ReadOnlySpan<byte> source, LuauCompileException mistake)
    {
        if (mistake.Text.Contains("got <eof>", StringComparison.Ordinal) || mistake.Text.Contains("got unfinished comment", StringComparison.Ordinal))
            return true;
        if (!mistake.Text.StartsWith("Malformed string", StringComparison.Ordinal) || mistake.Column < 1)
            return false;
        // Strings in quotes end with their line, those in long brackets need not.
        for (int line = 1; line < mistake.Line; line++)
            source = source[(source.IndexOf((byte)'\n') + 1)..];
        ReadOnlySpan<byte> text = source[Math.Min(mistake.Column - 1, source.Length)..];
        return text.StartsWith("["u8) && text[1..].TrimStart((byte)'=').StartsWith("["u8);
    }

    /// <summary>The mistake of the reading that got further into the input: it is the one that was meant.</summary>
    static string Further(LuauCompileException asExpression, LuauCompileException asStatements)
    {
        bool isShifted = asExpression.Line == 1;
        int column = isShifted ? asExpression.Column - ReturnPrefix.Length : asExpression.Column;
        if ((asExpression.Line, column).CompareTo((asStatements.Line, asStatements.Column)) <= 0)
            return asStatements.Message;
        // Messages tell the column of an opening bracket only when it is in the same line.
        return isShifted ? ColumnInText().Replace(asExpression.Message, Unshift) : asExpression.Message;

        static string Unshift(Match column) => (int.Parse(column.Value, CultureInfo.InvariantCulture) - ReturnPrefix.Length).ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?<=\(to close '[^']+' at column )[0-9]{1,9}(?=\))")]
    private static partial Regex ColumnInText();

    void Execute(CompiledChunk chunk)
    {
        lock (_runLock)
            _isRunning = true;
        try
        {
            LuauThread thread = _vm.CreateThread(_vm.Load(chunk, _environment));
            switch (_vm.Resume(thread))
            {
                case ResumeStatus.Finished:
                    Show([.. thread.Results]);
                    break;
                case ResumeStatus.Yielded:
                    _error.WriteLine("the input yielded, and there is nobody to resume it");
                    break;
                case ResumeStatus.Killed:
                    Fail("stopped", _vm.GetTraceback(thread));
                    break;
                default:
                    Fail(LuauScript.MessageOf(_vm, thread.Error), _vm.GetTraceback(thread));
                    break;
            }
        }
        catch (LuauException e)
        {
            // From the text of a value.
            Fail(e.Fault == LuauFault.Killed ? "stopped" : e.Message, e.Traceback ?? "");
        }
        finally
        {
            lock (_runLock)
                _isRunning = false;
            _vm.ClearKill();
        }
        if (_vm.WantsMeasure)
            _vm.MeasureLive();
    }

    void Show(LuauValue[] values)
    {
        if (values.Length > 0)
            _output.Write(string.Join('\t', values.Select(value => _text.Of(value))) + "\n");
    }

    void Fail(string message, string traceback)
    {
        _error.WriteLine(message);
        if (traceback.Length > 0)
            _error.WriteLine($"stacktrace:\n{traceback.TrimEnd()}");
    }
}
