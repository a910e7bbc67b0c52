using NovaNetBus.Contracts;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.NetworkWorker.Kernel;
using NovaNetBus.NetworkWorker.Kernel.Dhcp;
using NovaNetBus.NetworkWorker.Kernel.Firewall;

namespace NovaNetBus.NetworkWorker.Host;

/// <summary>
/// The real host: the network namespace of the thread that makes this, and the files below <paramref name="statePath"/>. Needs the rights of
/// root. One call at a time, all of them from threads of that namespace.
/// </summary>
/// <param name="announcements">How often each new address is told to the neighbours by gratuitous ARP (send_arp_for_ha).</param>
/// <param name="routedRules">False: a kernel without nftables for routed traffic, such as that of a test's guest; then the plan must not want any.</param>
/// <param name="endsLeases">Who is not answered by DHCP any more loses his lease at once (force_dhcp_release).</param>
internal sealed class KernelHost(string statePath, int announcements = 0, bool routedRules = true, bool endsLeases = true) : IHost, IDisposable
{
    private readonly HostLinks links = new(statePath, announcements);
    private readonly HostFirewall firewall = new(routedRules);
    private readonly HostDhcp dhcp = new(statePath, endsLeases);
    private readonly Lock oneAtATime = new();

    public HostState Read(HostState wanted)
    {
        lock (oneAtATime)
        {
            var rules = firewall.Read();
            HashSet<string> FirstPartsOf(FirewallSet set) => [.. rules.OfType<FirewallElement>().Where(element => element.Set == set).Select(element => element.Parts[0])];
            return HostState.Of([
                .. ReadSysctls(wanted), .. rules, .. links.Read(wanted, FirstPartsOf(FirewallSet.Uplinks), FirstPartsOf(FirewallSet.FloatingDnat)),
                .. dhcp.Read(wanted, links.Bridges()),
            ]);
        }
    }

    public void Apply(IReadOnlyList<HostAction> actions)
    {
        lock (oneAtATime)
        {
            var failures = new List<HostFailure>();
            var (steps, failed) = (HostSteps.Of(actions), new HashSet<string>());
            foreach (var step in steps.Where(step => step.Bridge is not { } bridge || !failed.Contains(bridge)))
            {
                if (Try(step) is { } failure)
                {
                    failures.AddRange(step.Actions.Select(action => failure(action)));
                    if (step.HoldsUpAll)
                    {
                        break;
                    }

                    failed.UnionWith(step is { IsRemoval: false, Bridge: { } held } ? [held] : []);
                }
            }

            if (failures.Count > 0)
            {
                throw new HostApplyException(failures);
            }
        }
    }

    public void Renew(long until) => firewall.Renew(until);

    public void Announce(LeasedAddresses addresses)
    {
        lock (oneAtATime)
        {
            links.Announce(addresses);
        }
    }

    public void Dispose()
    {
        links.Dispose();
        firewall.Dispose();
    }

    private Func<HostAction, HostFailure>? Try(HostStep step)
    {
        try
        {
            Do(step);
            return null;
        }
        catch (HostRefusalException refusal)
        {
            return action => new HostFailure(action, refusal.Code, refusal.Message);
        }
        catch (Exception e)
        {
            return action => new HostFailure(action, ErrorCodes.HostConfigurationFailed, e.Message);
        }
    }

    private void Do(HostStep step)
    {
        if (step.ReplacesRules)
        {
            firewall.Replace(step.Elements);
            return;
        }

        switch (step.Actions[0].Resource)
        {
            case FirewallElement:
                firewall.Change(step.Gone<FirewallElement>(), step.Come<FirewallElement>());
                break;
            case DhcpHost when step.IsRemoval:
                dhcp.RemoveHosts(step.Gone<DhcpHost>());
                break;
            case DhcpHost:
                dhcp.AddHosts(step.Come<DhcpHost>());
                break;
            default:
                Do(step.Actions[0]);
                break;
        }
    }

    /// <summary>What is done one by one.</summary>
    private void Do(HostAction action)
    {
        switch (action, action.Resource)
        {
            case (HostAction.Remove, FirewallRules):
                firewall.Delete();
                break;
            case (HostAction.Remove, Bridge bridge):
                links.RemoveBridge(bridge);
                break;
            case (HostAction.Remove, BridgeAddress address):
                links.RemoveAddress(address);
                break;
            case (HostAction.Remove, VlanDevice vlan):
                links.RemoveVlan(vlan);
                break;
            case (HostAction.Remove, FloatingAddress floating):
                links.RemoveFloating(floating);
                break;
            case (HostAction.Remove, Uplink uplink):
                links.RemoveUplink(uplink);
                break;
            case (HostAction.Remove, DhcpServer server):
                dhcp.RemoveServer(server);
                break;
            case (HostAction.Change { Previous: BridgeAddress previous }, BridgeAddress address):
                links.RemoveAddress(previous);
                links.AddAddress(address, announce: !firewall.IsLeased(address.Address));
                break;
            case (HostAction.Change { Previous: Uplink previous }, Uplink uplink):
                links.RemoveUplink(previous);
                links.AddUplink(uplink);
                break;
            case (_, Sysctl setting):
                Sysctls.Write(setting);
                break;
            case (_, Bridge bridge):
                links.AddBridge(bridge);
                break;
            case (_, BridgeAddress address):
                links.AddAddress(address, announce: !firewall.IsLeased(address.Address));
                break;
            case (_, BridgeIpv6 or BridgeAddressV6):
                links.Ipv6.Do(action);
                break;
            case (_, VlanDevice vlan):
                links.AddVlan(vlan);
                break;
            case (_, FloatingAddress floating):
                links.AddFloating(floating, announce: !firewall.IsLeased(floating.Address));
                break;
            case (_, Uplink uplink):
                links.AddUplink(uplink);
                break;
            case (_, DhcpServer server):
                dhcp.AddServer(server, links.Bridges().GetValueOrDefault(server.Bridge));
                break;
            default:
                throw new InvalidOperationException($"nobody knows how to do: {action}");
        }
    }

    private static IEnumerable<Sysctl> ReadSysctls(HostState wanted) => wanted.Resources.OfType<Sysctl>().Select(Sysctls.Read).OfType<Sysctl>();
}
