using GameServer.Server.Admin;
using GameServer.Server.Config;

namespace GameServer.Server.Cli;

/// <summary>Finds the running server that the settings describe.</summary>
static class AdminConnection
{
    /// <summary>A client with the token; null, with the reason written, when the settings name no reachable one.</summary>
    public static AdminClient? Open(LoadedConfig loaded, TextWriter error)
    {
        AdminSection admin = loaded.Config.Admin;
        if (!admin.Enabled)
        {
            error.WriteLine("[admin] enabled is false: verbs that talk to a running server do not work");
            return null;
        }
        string file = loaded.Resolve(admin.TokenFile);
        AdminToken? token;
        try
        {
            token = AdminToken.TryLoad(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"the token in '{file}' cannot be read: {failure.Message}");
            return null;
        }
        if (token == null)
        {
            error.WriteLine($"no token in '{file}': is the server running, and from this folder? Name its settings with --config");
            return null;
        }
        return new AdminClient(AddressOf(admin), token.Text);
    }

    /// <summary>Does something with a running server.</summary>
    /// <param name="loaded">Settings that describe it.</param>
    /// <param name="error">Where it is said that none answers.</param>
    /// <param name="work">What to do.</param>
    /// <returns>What the work returned, or <see cref="ExitCodes.NotRunning"/>.</returns>
    public static async Task<int> UseAsync(LoadedConfig loaded, TextWriter error, Func<AdminClient, Task<int>> work)
    {
        if (Open(loaded, error) is not { } client) return ExitCodes.NotRunning;
        using (client)
        {
            try
            {
                return await work(client).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                error.WriteLine($"no server answers: {failure.Message}");
                return ExitCodes.NotRunning;
            }
        }
    }

    /// <summary>Where the admin API of these settings listens.</summary>
    public static Uri AddressOf(AdminSection admin)
    {
        string host = admin.Address is "*" or "0.0.0.0" or "::" ? "127.0.0.1" : admin.Address;
        return new UriBuilder(Uri.UriSchemeHttp, host, admin.Port).Uri;
    }
}
