using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Kernel;
using Xunit;

namespace NovaNetBus.Guest.Tests.World;

/// <summary>What the kernel that the tests run on can do; tests that need more are skipped, and say so.</summary>
internal static class Kernel
{
    private static readonly Lazy<bool> Vlans = new(() => Can("sh", "-c", "ip link add nic type dummy && ip link add link nic name vlan1 type vlan id 1"));
    private static readonly Lazy<bool> RoutedRules = new(() => Can("nft", "add table inet novanetbus; add table arp novanetbus"));

    /// <summary>nftables for routed traffic: the families inet and arp.</summary>
    public static bool HasRoutedRules => RoutedRules.Value;

    public static void NeedsVlans() => Assert.SkipUnless(
        Vlans.Value, $"this kernel has no 802.1Q, and there is no guest: {Environment.GetEnvironmentVariable("NOVANET_NO_GUEST") ?? "run them by scripts/test.sh Guest"}");

    public static void NeedsRoutedRules() => Assert.SkipUnless(
        HasRoutedRules, "this kernel has no nftables for routed traffic (families inet and arp): scripts/guest.sh build-kernel makes one that has");

    private static bool Can(string program, params string[] arguments)
    {
        using var place = new NetworkNamespace("can");
        return place.Run(() => Commands.Run(program, arguments, TimeSpan.FromSeconds(30))).ExitCode == 0;
    }
}
