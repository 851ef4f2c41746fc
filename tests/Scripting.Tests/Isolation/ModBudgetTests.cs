using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Tests.Isolation;

public class ModBudgetTests
{
    const double Dt = 1.0 / 30;

    static List<BudgetVerdict> Run(ModBudget budget, double milliseconds, double seconds)
    {
        var verdicts = new List<BudgetVerdict>();
        for (int i = 0; i < seconds * 30; i++)
        {
            BudgetVerdict verdict = budget.EndTick(milliseconds, Dt);
            if (verdict != BudgetVerdict.Fine) verdicts.Add(verdict);
        }
        return verdicts;
    }

    [Fact]
    public void A_mod_within_its_share_is_left_alone()
    {
        var budget = new ModBudget(4);
        Assert.Empty(Run(budget, 3.9, 60));
        Assert.Equal(1, budget.ThinkEvery);
    }

    [Fact]
    public void The_ladder_is_warning_then_every_second_fourth_eighth_tick()
    {
        var budget = new ModBudget(4);
        Assert.Equal([BudgetVerdict.Warn, BudgetVerdict.Thin, BudgetVerdict.Thin, BudgetVerdict.Thin], Run(budget, 5, 60));
        Assert.Equal(8, budget.ThinkEvery);
        Run(budget, 0.5, 60);
        Assert.Equal(1, budget.ThinkEvery);
    }

    [Fact]
    public void Three_seconds_of_debt_suspend()
    {
        var budget = new ModBudget(4);
        Assert.Contains(BudgetVerdict.Suspend, Run(budget, 44, 3));
    }

    [Fact]
    public void A_single_spike_is_forgiven()
    {
        var budget = new ModBudget(4);
        budget.EndTick(45, Dt);
        Assert.Empty(Run(budget, 1, 10));
        Assert.Equal(0, budget.DebtMilliseconds);
    }

    [Fact]
    public void An_idle_mod_cools_down()
    {
        var budget = new ModBudget(4);
        budget.EndTick(1, Dt);
        Assert.True(budget.IsWarm);
        Run(budget, 0, 120);
        Assert.False(budget.IsWarm);
    }
}
