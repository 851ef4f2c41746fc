using System.Text;

namespace GameServer.Luau.Tests.Conformance;

/// <summary>
/// A script with its expectations beside the lines: <c>--&gt; text</c> stands for a line of output, in the order of the text;
/// <c>--! text</c> for the error that ends the script, raised (or found by the compiler) at that very line.
/// </summary>
/// <param name="Source">The bytes of the file.</param>
/// <param name="Output">Expected lines of output.</param>
/// <param name="Error">Expected error without position, null when the script ends well.</param>
/// <param name="ErrorLine">Line of the error.</param>
sealed record ScriptCase(byte[] Source, IReadOnlyList<string> Output, string? Error, int ErrorLine)
{
    const string OutputMark = "--> ";
    const string EmptyOutputMark = "-->";
    const string ErrorMark = "--! ";

    /// <summary>Reads a script.</summary>
    public static ScriptCase Read(string path)
    {
        byte[] source = File.ReadAllBytes(path);
        var output = new List<string>();
        string? error = null;
        int errorLine = 0;
        string[] lines = Encoding.Latin1.GetString(source).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd();
            int at = line.IndexOf(OutputMark, StringComparison.Ordinal);
            if (at >= 0)
                output.Add(line[(at + OutputMark.Length)..]);
            else if (line.EndsWith(EmptyOutputMark, StringComparison.Ordinal))
                output.Add("");

            at = line.IndexOf(ErrorMark, StringComparison.Ordinal);
            if (at >= 0)
                (error, errorLine) = (line[(at + ErrorMark.Length)..], i + 1);
        }
        return new ScriptCase(source, output, error, errorLine);
    }

    /// <summary>Runs the script in a sandboxed environment, as the command line does.</summary>
    /// <param name="level">Optimisation level.</param>
    /// <returns>Lines of output, trailing blanks removed; and the error message, or null.</returns>
    public (List<string> Output, string? Error) Run(int level)
    {
        var output = new List<string>();
        using var vm = new LuauVm(new LuauVmOptions
        {
            RunnerLibrary = true,
            RandomSeed = 1,
            Print = line => output.AddRange(Encoding.Latin1.GetString(line).Split('\n').Select(part => part.TrimEnd())),
        });
        try
        {
            var chunk = LuauVm.Compile(Source, "=script", new LuauCompileOptions { OptimizationLevel = level });
            vm.Seal();
            var thread = vm.CreateThread(vm.Load(chunk, vm.CreateEnvironment()));
            var status = vm.Resume(thread);
            return (output, status == ResumeStatus.Finished ? null : thread.Error.ToString());
        }
        catch (LuauCompileException error)
        {
            return (output, error.Message);
        }
    }
}
