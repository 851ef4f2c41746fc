using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Tests.Mods;

public class ModStatesTests
{
    [Fact]
    public void Every_state_can_be_left_and_moves_are_those_of_the_table()
    {
        foreach (ModState state in Enum.GetValues<ModState>())
        {
            Assert.Contains(Enum.GetValues<ModState>(), to => ModStates.IsMove(state, to));
            if (state != ModState.Discovered) Assert.Contains(Enum.GetValues<ModState>(), from => ModStates.IsMove(from, state));
        }
        Assert.False(ModStates.IsMove(ModState.Stopped, ModState.Running));
        Assert.False(ModStates.IsMove(ModState.Faulted, ModState.Running));
        Assert.False(ModStates.IsMove(ModState.Running, ModState.Loading));
    }
}
