using System.CommandLine;
using GameServer.Luau;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli;

/// <summary><c>gameserver luau run/repl/dump/check</c>: scripts without a server.</summary>
static class LuauCommand
{
    public static Command Create()
    {
        Command luau = new("luau", "Run, try, list or check Luau without a server.");
        luau.Subcommands.Add(CreateRun());
        luau.Subcommands.Add(CreateRepl());
        luau.Subcommands.Add(CreateDump());
        luau.Subcommands.Add(CreateCheck());
        return luau;
    }

    static Command CreateRun()
    {
        Argument<string> file = new("FILE") { Description = "The script." };
        Argument<string[]> arguments = new("ARGS") { Description = "What the script gets as '...'.", Arity = ArgumentArity.ZeroOrMore };
        Option<int> optimization = Optimization();
        Option<long?> memory = MemoryLimit();
        Option<double?> timeout = new("--timeout") { Description = "Run time after which the script is killed.", HelpName = "SECONDS" };
        Option<bool> noJit = new("--no-jit") { Description = "Interpret only. Scripts are always interpreted so far." };
        timeout.Require(seconds => seconds is null or (> 0 and < 1e6), "must be above 0 and below 1000000");
        Command run = new("run", "Run one script with all libraries.\n\nExample: gameserver luau run --timeout 10 hello.luau world")
        {
            file, arguments, optimization, memory, timeout, noJit,
        };
        run.SetAction(parsed =>
        {
            LuauScriptOptions options = new()
            {
                Arguments = parsed.GetValue(arguments) ?? [],
                OptimizationLevel = parsed.GetValue(optimization),
                MemoryBytesMax = parsed.GetValue(memory),
                Timeout = parsed.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            };
            using Stream output = Console.OpenStandardOutput();
            return LuauScript.Run(parsed.GetValue(file)!, options, output, parsed.InvocationConfiguration.Error);
        });
        return run;
    }

    static Command CreateRepl()
    {
        Option<int> optimization = Optimization();
        Option<long?> memory = MemoryLimit();
        Command repl = new(
            "repl",
            "Try Luau line by line, with all libraries and 'require' relative to the working folder. An expression shows its values; an input that is not "
            + "whole goes on in the next line. Globals stay from input to input, locals do not. Tab completes, the up and down keys recall lines, Ctrl+C stops "
            + "a running script or clears the input, Ctrl+D ends.\n\nExample: gameserver luau repl")
        {
            optimization, memory,
        };
        repl.SetAction(parsed =>
        {
            LuauScriptOptions options = new() { OptimizationLevel = parsed.GetValue(optimization), MemoryBytesMax = parsed.GetValue(memory) };
            InvocationConfiguration streams = parsed.InvocationConfiguration;
            using LuauRepl session = new(Directory.GetCurrentDirectory(), options, streams.Output, streams.Error);
            Console.CancelKeyPress += Interrupt;
            try
            {
                bool isTerminal = !Console.IsInputRedirected && !Console.IsOutputRedirected;
                session.Run(isTerminal ? LineEditor.OfConsole(session.Complete) : new PlainLines(Console.In));
            }
            finally
            {
                Console.CancelKeyPress -= Interrupt;
            }
            return ExitCodes.Ok;

            // With no script to stop, Ctrl+C ends the process as usual.
            void Interrupt(object? sender, ConsoleCancelEventArgs e) => e.Cancel = session.Interrupt();
        });
        return repl;
    }

    static Command CreateDump()
    {
        Argument<string> file = new("FILE") { Description = "The script." };
        Option<int> optimization = Optimization();
        Command dump = new("dump", "Print the bytecode of a script.\n\nExample: gameserver luau dump -O 2 hello.luau") { file, optimization };
        dump.SetAction(parsed =>
        {
            LuauCompileOptions options = new() { OptimizationLevel = parsed.GetValue(optimization) };
            return Compile(parsed.GetValue(file)!, options, parsed.InvocationConfiguration.Error) is { } chunk
                ? Print(chunk, parsed.InvocationConfiguration.Output)
                : ExitCodes.Failed;
        });
        return dump;

        static int Print(CompiledChunk chunk, TextWriter output)
        {
            output.Write(chunk.Disassemble());
            return ExitCodes.Ok;
        }
    }

    static Command CreateCheck()
    {
        Argument<string[]> files = new("FILES")
        {
            Description = "Scripts, or folders whose .luau files are meant.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> json = new("--json") { Description = "Print the mistakes as JSON." };
        Command check = new(
            "check",
            "Check the syntax of scripts; prints file:line:col: message for each mistake.\n\nExample: gameserver luau check mods")
        {
            files, json,
        };
        check.SetAction(parsed =>
        {
            int mistakes = 0;
            using StringWriter found = new();
            TextWriter error = parsed.GetValue(json) ? found : parsed.InvocationConfiguration.Error;
            foreach (string file in parsed.GetValue(files)!.SelectMany(Expand))
                mistakes += Compile(file, new LuauCompileOptions(), error) is null ? 1 : 0;
            if (parsed.GetValue(json))
            {
                string[] lines = found.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                parsed.InvocationConfiguration.Output.WriteLine(AdminJson.Write(lines));
            }
            return mistakes == 0 ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return check;
    }

    static Option<int> Optimization()
    {
        Option<int> level = new("-O") { Description = "Optimization: -O0, -O1 or -O2.", DefaultValueFactory = _ => 1, HelpName = "LEVEL" };
        level.AcceptOnlyFromAmong("0", "1", "2");
        return level;
    }

    static Option<long?> MemoryLimit()
    {
        Option<long?> memory = new("--memory-limit") { Description = "Memory of the script; beyond it 'not enough memory'.", HelpName = "BYTES" };
        memory.Require(bytes => bytes is null or >= 1024 * 1024, "must be at least 1048576");
        return memory;
    }

    static IEnumerable<string> Expand(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*.luau", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [path];

    static CompiledChunk? Compile(string file, LuauCompileOptions options, TextWriter error)
    {
        try
        {
            return LuauVm.Compile(LuauScript.ReadSource(file), $"@{file}", options);
        }
        catch (LuauCompileException e)
        {
            error.WriteLine($"{file}:{e.Line}:{Math.Max(e.Column, 1)}: {e.Text}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{file}: {e.Message}");
        }
        return null;
    }
}
