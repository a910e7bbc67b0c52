namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>What a NIC carries that somebody may depend on: its addresses, but for link-local ones, and the routes by it that somebody made.</summary>
internal sealed record Belongings(IReadOnlyList<CarriedAddress> Addresses, IReadOnlyList<CarriedRoute> Routes)
{
    /// <summary>Routes that go by other interfaces too, or are told elsewhere in the kernel.</summary>
    public required IReadOnlyList<CarriedRoute> Entangled { get; init; }

    public bool HasDefaultRoute => Routes.Concat(Entangled).Any(route => route.IsDefault);

    public bool IsEmpty => Addresses.Count + Routes.Count + Entangled.Count == 0;

    /// <summary>For an operator: what would be cut off when the NIC became a port of a bridge; empty: nothing.</summary>
    public override string ToString() => string.Join(", ", [.. Addresses.Select(address => address.ToString()), .. HasDefaultRoute ? (ReadOnlySpan<string>)["the default route"] : []]);
}

/// <summary>
/// Reads what interfaces carry, and gives it to others: the kernel's own messages, with only the interface changed, in as few calls as there are
/// addresses and routes. Safe to repeat. Of the network namespace in which it was made.
/// </summary>
internal sealed class LinkBelongings : IDisposable
{
    private const ushort NewAddress = 20, DeleteAddress = 21, GetAddress = 22, NewRoute = 24, DeleteRoute = 25, GetRoute = 26;
    private const ushort Request = 0x1, Acknowledge = 0x4, Replace = 0x100, Create = 0x400, Append = 0x800, DumpAll = 0x300;

    private readonly NetlinkSocket socket = new();

    public void Dispose() => socket.Dispose();

    public Belongings Of(int linkIndex)
    {
        var routes = socket.Dump(new NetlinkRequest(GetRoute, Request | DumpAll, new byte[12]), "list the routes")
            .Select(message => new CarriedRoute(message.ToArray())).Where(route => route.IsMade).ToList();
        return new Belongings(
            [.. AddressesOf(linkIndex)],
            [.. routes.Where(route => route.LinkIndex == linkIndex && !route.IsShared)])
        {
            Entangled = [.. routes.Where(route => route.IsMultipathBy(linkIndex) || (route.LinkIndex == linkIndex && route.IsShared))],
        };
    }

    public IEnumerable<CarriedAddress> AddressesOf(int linkIndex) =>
        socket.Dump(new NetlinkRequest(GetAddress, Request | DumpAll, new byte[8]), "list the addresses")
            .Select(message => new CarriedAddress(message.ToArray()))
            .Where(address => address.LinkIndex == linkIndex && !address.IsLocalScope);

    public void Move(Belongings belongings, Link from, Link to)
    {
        Take(belongings, from);
        Give(belongings, from.Name, to);
    }

    /// <summary>Addresses, and after them the routes: those that are on the link before those through a gateway, which they reach.</summary>
    /// <param name="previous">The name in the addresses' labels for which the new one goes in.</param>
    public void Give(Belongings belongings, string previous, Link to)
    {
        foreach (var address in belongings.Addresses)
        {
            var request = address.AddTo(to.Index, previous, to.Name, NewAddress, Request | Acknowledge | Create | Replace);
            Unless(NetlinkException.Exists, request, $"add {address} to {to.Name}");
        }

        foreach (var route in belongings.Routes.OrderBy(route => route.HasGateway))
        {
            Unless(NetlinkException.Exists, route.By(to.Index, NewRoute, Request | Acknowledge | Create | Append), $"add the route {route} by {to.Name}");
        }
    }

    private void Take(Belongings belongings, Link from)
    {
        foreach (var route in belongings.Routes)
        {
            Unless(NetlinkException.NoSuchProcess, route.By(from.Index, DeleteRoute, Request | Acknowledge), $"delete the route {route} by {from.Name}");
        }

        // Secondary addresses come after their primary one, and go before it: else it would take them along.
        foreach (var address in belongings.Addresses.Reverse())
        {
            Unless(NetlinkException.AddressNotAvailable, address.RemoveFrom(from.Index, DeleteAddress, Request | Acknowledge), $"delete {address} of {from.Name}");
        }
    }

    private void Unless(int harmless, NetlinkRequest request, string what)
    {
        try
        {
            socket.Run(request, what);
        }
        catch (NetlinkException e) when (e.Errno == harmless)
        {
            // It is already so.
        }
    }
}
