using GameServer.HostBench;

// What the mod host costs, by its public face alone. Each row prints its goal beside what was measured; see docs/rationale.md for why these are the goals.
Rows.Dispatch();
Rows.IdleMods();
Rows.ManyThinks();
Rows.Accounts();
Rows.Calls();
Rows.Messages();
Rows.Start();
Rows.Swap();
Rows.SaveToLive();
Rows.Runaway();
