using GameServer.HostBench;

// What the mod host costs, by its public face alone. Each row prints its goal beside what was measured; see docs/rationale.md for why these are the goals.
if (args is [ColdStart.Verb])
{
    ColdStart.Measure();
    return;
}
if (args is [GarbageLoad.Verb, ..])
{
    GarbageLoad.Run(args[1..]);
    return;
}
(string Name, Action Row)[] rows =
[
    ("cold", ColdStart.Row), ("dispatch", Rows.Dispatch), ("idle", Rows.IdleMods), ("thinks", Rows.ManyThinks), ("accounts", Rows.Accounts), ("calls", Rows.Calls),
    ("messages", Rows.Messages), ("entities", Rows.Entities), ("storage", StorageRow.Run), ("start", Rows.Start), ("swap", Rows.Swap), ("save", Rows.SaveToLive), ("runaway", Rows.Runaway),
];
foreach (var (name, row) in rows)
    if (args.Length == 0 || args.Contains(name)) row();
// The whole server in its own process, for a minute; needs src/Server built in Release.
if (args.Contains("live")) Rows.Lateness();
