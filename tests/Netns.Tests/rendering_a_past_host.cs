using System.Net;
using System.Net.Sockets;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.HostText;
using NovaNetBus.Netns.Tests.World;
using NovaNetBus.NetworkWorker.Kernel;
using Xunit;

namespace NovaNetBus.Netns.Tests;

/// <summary>What <c>novanet host render --format nft</c> prints, loaded by the program nft: it guards and translates as the host did then.</summary>
public sealed class rendering_a_past_host : IDisposable
{
    private static readonly IPEndPoint Server = new(IPAddress.Parse("198.51.100.10"), 4001);

    private readonly TestHost host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public void yesterdays_rules_let_yesterdays_vm_send_and_not_todays()
    {
        var (yesterdays, todays, listener) = (host.PlugKnown(11), host.Plug(12), host.PlugKnown(13));
        var then = HostStateText.Nft(host.Plan());
        host.Ports.Remove(yesterdays.Port);
        host.Ports.Add(todays.Port);
        host.Reconcile();
        foreach (var vm in (ReadOnlySpan<TestVm>)[yesterdays, todays, listener])
        {
            vm.PlugIn();
        }

        Assert.Equal((false, true), Heard("now"));
        Load(then);
        Assert.Equal((true, false), Heard("then"));

        (bool Yesterdays, bool Todays) Heard(string when)
        {
            yesterdays.Nic.Send(Frames.Udp(yesterdays.Mac, yesterdays.Address, listener.Mac, listener.Address, $"{when}:yesterdays"));
            todays.Nic.Send(Frames.Udp(todays.Mac, todays.Address, listener.Mac, listener.Address, $"{when}:todays"));
            listener.Nic.Send(Frames.ArpRequest(listener.Mac, listener.Mac, listener.Address, yesterdays.Address, $"{when}:last"));
            yesterdays.Nic.SeenUntil($"{when}:last");
            var seen = listener.Nic.Seen();
            return (seen.Any(frame => frame.Contains($"{when}:yesterdays", StringComparison.Ordinal)), seen.Any(frame => frame.Contains($"{when}:todays", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void yesterdays_source_address_is_what_the_outside_sees()
    {
        using var server = Outside();
        var vm = host.PlugKnown(11).PlugInAfter(host);
        Assert.NotEqual("", vm.AskForAddress());
        var then = HostStateText.Nft(host.Plan());
        host.Namespace.Ip("addr add 198.51.100.2/24 dev pub0");
        host.Settings = host.Settings with { RoutingSourceIp = Ipv4.Parse("198.51.100.2") };
        host.Reconcile();

        Assert.Equal("198.51.100.2", Ask(vm, server));
        Load(then);
        Assert.Equal("198.51.100.1", Ask(vm, server));
    }

    [Fact]
    public void its_text_is_the_same_for_the_same_host_whatever_the_order_in_which_it_became_so()
    {
        host.Ports.AddRange([.. new[] { 14, 12, 13 }.Select(number => host.Plug(number).Port)]);
        var text = HostStateText.Nft(host.Plan());
        host.Ports.Reverse();

        Assert.Equal(text, HostStateText.Nft(host.Plan()));
        Assert.Contains("add element bridge novanetbus vm_ports { \"tap12\", \"tap13\", \"tap14\" }", text, StringComparison.Ordinal);
    }

    private UdpClient Outside()
    {
        var outside = host.Connect("pub0");
        host.Namespace.Ip("addr add 198.51.100.1/24 dev pub0");
        outside.Namespace.Ip("addr add 198.51.100.10/24 dev eth0");
        return outside.Namespace.Run(() => new UdpClient(Server));
    }

    /// <summary>A datagram of a new connection of the VM; who sent it, as the server sees it.</summary>
    private static string Ask(TestVm vm, UdpClient server)
    {
        using var client = vm.Namespace.Run(() => new UdpClient(new IPEndPoint(IPAddress.Any, 0)));
        client.Send("question"u8, Server);
        var sender = new IPEndPoint(IPAddress.Any, 0);
        server.Client.ReceiveTimeout = 5000;
        server.Receive(ref sender);
        return sender.Address.ToString();
    }

    private void Load(string rules)
    {
        var file = Path.Combine(host.StatePath, "then.nft");
        File.WriteAllText(file, rules);
        host.Namespace.Run(() => Commands.RunOrThrow("nft", ["-f", file], TimeSpan.FromSeconds(30)));
    }
}
