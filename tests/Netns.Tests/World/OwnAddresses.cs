using Xunit;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>The IPv6 addresses that a VM's kernel gives to its eth0 by router advertisements.</summary>
internal static class OwnAddresses
{
    /// <summary>Waits until there are some, and checked; all but those of the link, with their prefix.</summary>
    public static string Await(NetworkNamespace vm)
    {
        var found = "";
        Assert.True(SpinWait.SpinUntil(() => (found = Of(vm)).Length > 0, TimeSpan.FromSeconds(40)), "no router advertisement has come");
        return found;
    }

    private static string Of(NetworkNamespace vm) => string.Join(' ', vm.Ip("-6 -o addr show dev eth0 scope global -tentative").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]));
}
