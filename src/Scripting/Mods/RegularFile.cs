using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GameServer.Scripting.Mods;

/// <summary>Reads files that really are files. A named pipe in a mod's folder would hold up whoever opens it until somebody writes, and a name may become a link
/// between the look at it and the opening; so where the system can (Linux) a file is opened without waiting and without following a link.</summary>
/// <remarks>Any thread.</remarks>
static partial class RegularFile
{
    const int ReadOnly = 0;
    const int NonBlocking = 0x800;
    const int CloseOnExec = 0x80000;
    const int LinkInTheWay = 40;

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">Path.</param>
    /// <param name="bytesMax">Longest file that is read.</param>
    /// <exception cref="IOException">It cannot be read, is no file, or is longer.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAllBytes(string path, long bytesMax)
    {
        using FileStream stream = Open(path);
        if (!stream.CanSeek) throw new NotSupportedException($"{Path.GetFileName(path)} is no file");
        if (stream.Length > bytesMax) throw new IOException($"{Path.GetFileName(path)} has grown");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    static FileStream Open(string path)
    {
        if (!OperatingSystem.IsLinux()) return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        bool isArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
        int noFollow = isArm ? 0x8000 : 0x20000;
        int file = OpenFile(path, ReadOnly | NonBlocking | CloseOnExec | noFollow);
        if (file >= 0) return new FileStream(new SafeFileHandle(file, ownsHandle: true), FileAccess.Read, 1);
        int error = Marshal.GetLastPInvokeError();
        if (error == LinkInTheWay) throw new NotSupportedException($"{Path.GetFileName(path)} is a link; links are not followed");
        // What is left are the ordinary reasons, which the ordinary way of opening explains.
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFile(string path, int flags);
}
