namespace GameServer.Net.Tests;

/// <summary>Tests that measure the whole process, or load it, run while no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
