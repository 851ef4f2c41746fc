using BenchmarkDotNet.Running;

// In this process: BenchmarkDotNet's own way, a generated project beside the sources, does not agree with one artifacts folder for all projects.
string[] options = args.Any(arg => arg is "-i" or "--inProcess") ? args : ["--inProcess", .. args];
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(options);
