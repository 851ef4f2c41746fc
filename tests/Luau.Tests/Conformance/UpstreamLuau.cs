using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GameServer.Support;

namespace GameServer.Luau.Tests.Conformance;

/// <summary>
/// Upstream Luau itself, compiled to WebAssembly: the npm package <c>luau-web</c>, installed below <c>artifacts/</c> at first use. Only these
/// tests use it. It is some releases older than our specification; <see cref="KnownDifferences"/> lists where that shows.
/// </summary>
static class UpstreamLuau
{
    const string Package = "luau-web@1.4.0";
    const int ProgramsPerProcess = 100;

    static readonly string Folder = Repository.PathOf("artifacts", "upstream");
    static readonly string Entry = Path.Combine(Folder, "node_modules", "luau-web", "src", "index.js");
    static readonly string Scripts = Repository.PathOf("tests", "Luau.Tests", "Conformance", "upstream");

    /// <summary>The script that runs one program, the same for both sides.</summary>
    public static byte[] HarnessSource => File.ReadAllBytes(Path.Combine(Scripts, "harness.luau"));

    /// <summary>Why it cannot run here; null when it can. Only looks: installing is for the first test that runs.</summary>
    public static string? Unavailable { get; } =
        Array.TrueForAll(["node", "npm"], IsOnPath) ? null : "needs node and npm on the path to install and run upstream Luau";

    /// <summary>Outcomes of programs, in order; one that took the module down gives a text starting with <c>crash</c>.</summary>
    public static string[] Run(IReadOnlyList<string> programs)
    {
        Install();
        var outcomes = new List<string>();
        while (outcomes.Count < programs.Count)
        {
            var batch = programs.Skip(outcomes.Count).Take(ProgramsPerProcess).ToArray();
            var lines = RunBatch(batch);
            outcomes.AddRange(lines.Select(line => JsonSerializer.Deserialize<string>(line)!));
            if (lines.Length < batch.Length)
                outcomes.Add("crash");
        }

        return [.. outcomes];
    }

    /// <summary>Writes a program that differs to a file, for a second look; gives its path.</summary>
    public static string Keep(string program)
    {
        var path = Path.Combine(Folder, $"differs-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(program)))[..8]}.luau");
        File.WriteAllText(path, program);
        return path;
    }

    static string[] RunBatch(string[] programs)
    {
        using var process = Start("node", Path.Combine(Scripts, "run.mjs"), Entry);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        JsonSerializer.Serialize(process.StandardInput.BaseStream, new { harness = Encoding.UTF8.GetString(HarnessSource), programs });
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
            process.Kill();
        errors.Wait();
        return [.. output.Result.Split('\n').Where(line => line.StartsWith('"') && line.EndsWith('"'))];
    }

    static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));

    static void Install()
    {
        if (File.Exists(Entry))
            return;

        Directory.CreateDirectory(Folder);
        using var npm = Start("npm", "install", "--prefix", Folder, "--no-audit", "--no-fund", "--ignore-scripts", Package);
        npm.StandardInput.Close();
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEndAsync();
        if (!npm.WaitForExit(TimeSpan.FromMinutes(2)))
            npm.Kill();
        if (!File.Exists(Entry))
            throw new InvalidOperationException($"npm could not install {Package}: {output.Result}{errors.Result}");
    }

    static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
    })!;
}

/// <summary>A test against upstream; skipped, saying why, where it cannot run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UpstreamTheoryAttribute : TheoryAttribute
{
    public UpstreamTheoryAttribute() => Skip = UpstreamLuau.Unavailable;
}
