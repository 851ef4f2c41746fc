using System.Globalization;
using System.Text;
using GameServer.Bench;
using GameServer.Bench.Scripts;

// Runs every program on every engine, interleaved, several times; shows the best times and their ratios to the first engine given by --base.
int runs = 5;
string? filter = null;
string? markdown = null;
string baseName = "lua 5.4";
string set = "programs";
var engines = new List<Engine> { new LuauEngine(1), new KeraLuaEngine() };
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--runs": runs = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
        case "--filter": filter = args[++i]; break;
        case "--markdown": markdown = args[++i]; break;
        case "--kernels": set = "kernels"; break;
        case "--cpu": Engine.Clock = BenchClock.ThreadCpu; break;
        case "--base": baseName = args[++i]; break;
        case "--level": engines[0] = new LuauEngine(int.Parse(args[++i], CultureInfo.InvariantCulture)); break;
        case "--also-level": engines.Insert(1, new LuauEngine(int.Parse(args[++i], CultureInfo.InvariantCulture))); break;
        case "--only-luau": engines.RemoveAll(engine => engine is KeraLuaEngine); break;
        case "--cmd":
            string[] parts = args[++i].Split('=', 2);
            engines.Add(new CommandEngine(parts[0], parts[1]));
            break;
        default:
            Console.Error.WriteLine("usage: bench/run [--kernels] [--cpu] [--only-luau] [--runs N] [--filter NAME] [--level 0|1|2] [--also-level N] [--base ENGINE] [--markdown FILE]");
            Console.Error.WriteLine("                 [--cmd NAME=\"COMMAND {file}\"]…");
            return 2;
    }
}

var programs = BenchProgram.ReadAll(Path.Combine(AppContext.BaseDirectory, set), filter);

// Short programs run more often, until the runtime has compiled its own hot methods with optimisation.
var warmUp = TimeSpan.FromSeconds(0.5);
var best = new TimeSpan[programs.Count, engines.Count];
bool allRight = true;
for (int p = 0; p < programs.Count; p++)
{
    for (int e = 0; e < engines.Count; e++)
        best[p, e] = TimeSpan.MaxValue;
    var spent = TimeSpan.Zero;
    for (int run = 0; run < runs || spent < warmUp; run++)
    {
        for (int e = 0; e < engines.Count; e++)
        {
            // Garbage of one engine must not be collected on the time of the next.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var (output, time) = engines[e].Run(programs[p]);
            if (output.TrimEnd('\n') != programs[p].Expected)
            {
                Console.Error.WriteLine($"{programs[p].Name} on {engines[e].Name}: expected '{programs[p].Expected}', got '{output.TrimEnd('\n')}'");
                allRight = false;
            }
            if (e == 0)
                spent += time;
            if (time < best[p, e])
                best[p, e] = time;
        }
    }
    Console.Error.Write(".");
}
Console.Error.WriteLine();

int reference = Math.Max(0, engines.FindIndex(engine => engine.Name == baseName));
var table = new StringBuilder();
table.Append("| program |").Append(string.Concat(engines.Select(e => $" {e.Name} ms |")));
table.Append(string.Concat(engines.Where((_, e) => e != reference).Select(e => $" {e.Name} / {engines[reference].Name} |"))).Append('\n');
table.Append("| --- |").Append(string.Concat(Enumerable.Repeat(" ---: |", 2 * engines.Count - 1))).Append('\n');
var logs = new double[engines.Count];
for (int p = 0; p < programs.Count; p++)
{
    table.Append(CultureInfo.InvariantCulture, $"| {programs[p].Name} |");
    for (int e = 0; e < engines.Count; e++)
        table.Append(CultureInfo.InvariantCulture, $" {best[p, e].TotalMilliseconds:F1} |");
    for (int e = 0; e < engines.Count; e++)
    {
        double ratio = best[p, e] / best[p, reference];
        logs[e] += Math.Log(ratio);
        if (e != reference)
            table.Append(CultureInfo.InvariantCulture, $" {ratio:F2} |");
    }
    table.Append('\n');
}
table.Append("| **geometric mean** |").Append(string.Concat(Enumerable.Repeat(" |", engines.Count)));
for (int e = 0; e < engines.Count; e++)
{
    if (e != reference)
        table.Append(CultureInfo.InvariantCulture, $" **{Math.Exp(logs[e] / programs.Count):F2}** |");
}
table.Append('\n');
Console.Write(table);
if (markdown is not null)
    File.WriteAllText(markdown, table.ToString());
return allRight ? 0 : 1;
