namespace GameServer.Server;

/// <summary>What the process tells its caller. The table is part of docs/reference/cli.md.</summary>
static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int OperatorMistake = 2;
    public const int PortInUse = 3;
    public const int NotRunning = 4;
    public const int Forced = 70;

    /// <summary>Every code with its meaning.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> All { get; } =
    [
        (Ok, "done; for `run`: stopped cleanly"),
        (Failed, "the command, script, check or test failed; the message is on standard error"),
        (OperatorMistake, "wrong option, wrong setting, mods folder missing, or a question that nobody answered with yes; every mistake is on standard error"),
        (PortInUse, "the UDP or TCP port is taken or not allowed"),
        (NotRunning, "no server answers (verbs that talk to a running server)"),
        (Forced, "the server did not stop within its grace time and was ended"),
    ];
}
