using System.CommandLine;

namespace GameServer.Server.Cli.Modding;

/// <summary>The verbs of modders, which need no server: updates tell a running one.</summary>
static class ModdingVerbs
{
    /// <summary>Adds them to the group <c>mod</c>.</summary>
    public static void AddTo(Command mod)
    {
        mod.Description = "Make, check and test mods; see and steer those of a running server.";
        mod.Subcommands.Add(ModNewCommand.Create());
        mod.Subcommands.Add(ModCheckCommand.Create());
        mod.Subcommands.Add(ModTestCommand.Create());
        mod.Subcommands.Add(ModPackCommand.Create());
        mod.Subcommands.Add(ModAddCommand.Create());
        mod.Subcommands.Add(ModUpdateCommand.CreateUpdate());
        mod.Subcommands.Add(ModUpdateCommand.CreateRollback());
    }
}
