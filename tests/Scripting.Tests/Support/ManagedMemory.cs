namespace GameServer.Scripting.Tests.Support;

/// <summary>Growth of the process's memory, while other tests run in it too.</summary>
static class ManagedMemory
{
    public static long Now() => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>Fails when memory stays above a bound; what other tests hold for a moment goes again, a leak does not.</summary>
    public static void AssertGrewAtMost(long bytes, long since)
    {
        long grown = Now() - since;
        for (int i = 0; i < 50 && grown > bytes; i++)
        {
            Thread.Sleep(100);
            grown = Now() - since;
        }
        Assert.InRange(grown, long.MinValue, bytes);
    }
}
