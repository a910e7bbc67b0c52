using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.NetworkWorker.Kernel;

/// <summary>Connections that the kernel remembers: they keep their translation until they are forgotten.</summary>
internal static class Conntrack
{
    /// <summary>Forgets what came from the address or was sent to it.</summary>
    public static void Forget(Ipv4 address)
    {
        foreach (var side in (ReadOnlySpan<string>)["--orig-src", "--orig-dst"])
        {
            var result = Commands.Run("conntrack", ["-D", side, address.ToString()], TimeSpan.FromSeconds(10));
            const int NoneThere = 1;
            if (result.ExitCode is not (0 or NoneThere) || (result.ExitCode == NoneThere && !result.Errors.Contains("0 flow entries", StringComparison.Ordinal)))
            {
                throw new CommandException($"conntrack could not forget {address}: {result.Errors.Trim()}");
            }
        }
    }
}
