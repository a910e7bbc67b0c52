using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;
using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Kernel.Dhcp;
using Xunit;

namespace NovaNetBus.Netns.Tests;

public sealed class serving_dhcp : IDisposable
{
    private readonly TestHost host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public void with_a_single_default_gateway_another_nic_than_the_first_is_told_no_router()
    {
        host.Settings = host.Settings with { HasSingleDefaultGateway = true };
        var (first, second) = (host.PlugKnown(11), host.PlugKnown(12));
        host.Ports[1] = host.Ports[1] with { IsFirst = false };
        first.PlugInAfter(host);
        second.PlugIn();

        Assert.StartsWith("bound 10.4.0.11/24 router 10.4.0.1 dns", first.AskForAddress(), StringComparison.Ordinal);
        Assert.StartsWith("bound 10.4.0.12/24 router  dns 192.0.2.53", second.AskForAddress(), StringComparison.Ordinal);
        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void a_vm_gets_exactly_its_address_with_router_dns_and_mtu()
    {
        var vm = host.PlugKnown(11).PlugInAfter(host);
        Assert.Equal("bound 10.4.0.11/24 router 10.4.0.1 dns 192.0.2.53 mtu 1450 hostname vm-11 domain novalocal", vm.AskForAddress());
        vm.Namespace.Execute("ping", "-c1", "-W2", "10.4.0.1");
    }

    [Fact]
    public void a_vm_that_comes_later_is_answered_at_once_and_one_that_is_not_planned_is_not()
    {
        host.PlugKnown(11).PlugInAfter(host);
        var late = host.PlugKnown(12).PlugIn();
        var stranger = host.Plug(13).PlugIn();
        host.ApplyChange();

        Assert.StartsWith("bound 10.4.0.12/24", late.AskForAddress(), StringComparison.Ordinal);
        Assert.Equal("", stranger.AskForAddress(tries: 1));
    }

    [Fact]
    public void an_address_goes_to_another_mac_at_once()
    {
        var vm = host.PlugKnown(11).PlugInAfter(host);
        Assert.StartsWith("bound 10.4.0.11/24", vm.AskForAddress(), StringComparison.Ordinal);

        host.Ports.Clear();
        host.ApplyChange();
        vm.ReplaceMac("fa:16:3e:00:00:aa");
        host.Ports.Add(vm.Port);
        host.ApplyChange();
        Assert.StartsWith("bound 10.4.0.11/24", vm.AskForAddress(), StringComparison.Ordinal);

        vm.ReplaceMac("fa:16:3e:00:00:ab"); // and without a step between, as one change
        host.Ports[0] = vm.Port;
        host.ApplyChange();
        Assert.StartsWith("bound 10.4.0.11/24", vm.AskForAddress(), StringComparison.Ordinal);
        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void what_becomes_of_leases_is_told_also_while_no_worker_runs()
    {
        var vm = host.PlugKnown(11).PlugInAfter(host);
        var spool = new LeaseSpool(DnsmasqPaths.Of(host.StatePath, TestHost.NetworkId).Folder);
        Assert.StartsWith("bound 10.4.0.11/24", vm.AskForAddress(), StringComparison.Ordinal);

        var begun = Told(spool, line => line.ExpiresAt is not null);
        Assert.Equal((vm.Address, vm.Port.Mac), (begun.Address, begun.Mac));
        Assert.InRange(begun.ExpiresAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));

        host.Ports.Clear();
        host.ApplyChange(); // ends the lease
        Assert.Equal(vm.Address, Told(spool, line => line.ExpiresAt is null).Address);
    }

    [Fact]
    public void a_lease_is_left_to_run_when_the_operator_wants_that_but_its_address_is_not_offered_any_more()
    {
        host.EndsLeases = false;
        host.RestartWorker();
        var vm = host.PlugKnown(11).PlugInAfter(host);
        Assert.StartsWith("bound 10.4.0.11/24", vm.AskForAddress(), StringComparison.Ordinal);

        host.Ports.Clear();
        host.ApplyChange();

        Assert.Contains("10.4.0.11", File.ReadAllText(DnsmasqPaths.Of(host.StatePath, TestHost.NetworkId).Leases), StringComparison.Ordinal);
        Assert.Equal("", vm.AskForAddress(tries: 1));
    }

    [Fact]
    public void a_nic_with_two_addresses_is_offered_the_first_and_may_send_with_both()
    {
        var vm = host.PlugKnown(11);
        host.Ports.Add(vm.Port with { Address = Ipv4.Parse("10.4.0.99"), IsOffered = false });
        vm.PlugInAfter(host);
        Assert.StartsWith("bound 10.4.0.11/24", vm.AskForAddress(), StringComparison.Ordinal);
        vm.Namespace.Execute("ip", "address", "add", "10.4.0.99/24", "dev", "eth0");
        vm.Namespace.Execute("ping", "-c1", "-W2", "-I", "10.4.0.99", "10.4.0.1");
        Assert.Empty(host.Reconcile());
    }

    private static LeaseLine Told(LeaseSpool spool, Func<LeaseLine, bool> wanted)
    {
        for (var end = DateTimeOffset.UtcNow.AddSeconds(30); DateTimeOffset.UtcNow < end; Thread.Sleep(20))
        {
            if (spool.Read(DateTimeOffset.UtcNow) is { } reading)
            {
                spool.Done(reading, DateTimeOffset.UtcNow);
                if (reading.Lines.FirstOrDefault(wanted) is { } line)
                {
                    return line;
                }
            }
        }

        throw new TimeoutException("dnsmasq has not told of the lease.");
    }

    [Fact]
    public void an_address_that_changed_hands_while_dnsmasq_was_dead_is_free_too()
    {
        var vm = host.PlugKnown(11).PlugInAfter(host);
        Assert.StartsWith("bound 10.4.0.11/24", vm.AskForAddress(), StringComparison.Ordinal);
        host.KillDhcp();
        vm.ReplaceMac("fa:16:3e:00:00:aa");
        host.Ports[0] = vm.Port;

        host.Reconcile();

        Assert.StartsWith("bound 10.4.0.11/24", vm.AskForAddress(), StringComparison.Ordinal);
    }

    [Fact]
    public void a_server_that_died_is_started_again_and_one_that_lives_is_left()
    {
        var vm = host.PlugKnown(11).PlugInAfter(host);
        var pid = host.DhcpPid();
        host.RestartWorker();
        Assert.Empty(host.Reconcile());
        Assert.Equal(pid, host.DhcpPid());

        host.KillDhcp();
        Assert.Equal(["Add DHCP server 10.4.0.1 for 10.4.0.0/24 on br100."], host.Reconcile().Select(action => action.ToString()));
        Assert.StartsWith("bound 10.4.0.11/24", vm.AskForAddress(), StringComparison.Ordinal);
    }

    [Fact]
    public void a_strangers_process_under_our_pid_is_not_taken_for_ours()
    {
        host.PlugKnown(11).PlugInAfter(host);
        host.KillDhcp();
        File.WriteAllText(host.DhcpFile("pid"), $"{Environment.ProcessId}\n");

        Assert.NotEmpty(host.Reconcile());
        Assert.NotEqual(Environment.ProcessId, host.DhcpPid());
    }

    [Fact]
    public void new_options_reach_the_running_server_and_new_arguments_restart_it()
    {
        var vm = host.PlugKnown(11).PlugInAfter(host);
        var pid = host.DhcpPid();
        host.Settings = host.Settings with { DnsServers = [] };
        host.ApplyChange();
        Assert.Equal(pid, host.DhcpPid());
        Assert.Contains("dns  mtu 1450", vm.AskForAddress(), StringComparison.Ordinal);

        host.Settings = host.Settings with { LeaseSeconds = 7200 };
        host.ApplyChange();
        Assert.NotEqual(pid, host.DhcpPid());
        Assert.Empty(host.Reconcile());
    }

    [Theory]
    [InlineData("web,10.4.0.99\nfa:16:3e:00:00:99,10.4.0.98", "fa:16:3e:00:00:0b,web-10-4-0-99-fa-16-3e-00-00-99-10-4-0-98,10.4.0.11")]
    [InlineData("#;,", "fa:16:3e:00:00:0b,10.4.0.11")]
    public void a_host_name_cannot_write_into_the_servers_files(string name, string line)
    {
        var vm = host.PlugKnown(11);
        host.Ports[0] = vm.Port with { Hostname = name };
        host.Reconcile();

        Assert.Equal(line, File.ReadAllText(host.DhcpFile("hosts.d/10.4.0.11")).TrimEnd('\n'));
        Assert.Empty(host.Reconcile());
    }

    [Fact]
    public void a_folder_that_dnsmasq_cannot_enter_is_told()
    {
        File.SetUnixFileMode(host.StatePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var failure = Assert.Throws<NetworkWorker.Host.HostApplyException>(() => host.Reconcile());
        Assert.Contains(host.StatePath, failure.Message, StringComparison.Ordinal);
        Assert.IsType<DhcpServer>(failure.Failures[0].Action.Resource);
    }
}
