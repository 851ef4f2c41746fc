using System.ComponentModel;
using System.Runtime.InteropServices;

namespace GameServer.Net.Tests.Sockets;

/// <summary>Moves the calling thread into a named network namespace.</summary>
static partial class Namespaces
{
    const int NetworkNamespace = 0x40000000;

    public static void Enter(string name)
    {
        using var file = File.OpenHandle("/var/run/netns/" + name);
        if (SetNamespace(file.DangerousGetHandle().ToInt32(), NetworkNamespace) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
