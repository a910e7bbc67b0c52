using NovaNetBus.Contracts;
using NovaNetBus.Hosting.Messaging;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>A request that cannot be carried out, with its code.</summary>
internal sealed class RefusedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

/// <summary>From a command's words to who carries it out.</summary>
internal sealed class AdminDesk
{
    private readonly Dictionary<string, Func<AdminArguments, Delivery, CancellationToken, Task<object?>>> _commands;

    public AdminDesk(DrainCommand drain, NetworkCommands networks, ProjectCommands projects, FloatingCommands floatings, FixedCommands addresses, HostCommands hosts, Listings listings, EventCommands events, ErrorCommands errors) => _commands = new()
    {
        ["network create"] = networks.CreateAsync,
        ["network modify"] = networks.ModifyAsync,
        ["network delete"] = networks.DeleteAsync,
        ["network list"] = (_, _, cancellation) => listings.NetworksAsync(cancellation),
        ["network show"] = (arguments, _, cancellation) => listings.NetworkAsync(arguments, cancellation),
        ["project show"] = (arguments, _, cancellation) => projects.ShowAsync(arguments, cancellation),
        ["project quota"] = projects.QuotaAsync,
        ["project scrub"] = networks.ScrubAsync,
        ["vpn list"] = (_, _, cancellation) => networks.VpnsAsync(cancellation),
        ["vpn change"] = networks.ChangeVpnAsync,
        ["fixed list"] = (arguments, _, cancellation) => listings.FixedIpsAsync(arguments, cancellation),
        ["fixed reserve"] = addresses.ReserveAsync,
        ["fixed unreserve"] = addresses.UnreserveAsync,
        ["floating create"] = floatings.CreateAsync,
        ["floating delete"] = floatings.DeleteAsync,
        ["floating allocate"] = floatings.AllocateAsync,
        ["floating release"] = floatings.ReleaseAsync,
        ["floating associate"] = floatings.AssociateAsync,
        ["floating disassociate"] = floatings.DisassociateAsync,
        ["floating list"] = (arguments, _, cancellation) => floatings.ListAsync(arguments, cancellation),
        ["floating pools"] = (_, _, cancellation) => floatings.PoolsAsync(cancellation),
        ["instance list"] = (_, _, cancellation) => listings.InstancesAsync(cancellation),
        ["instance show"] = (arguments, _, cancellation) => listings.InstanceAsync(arguments, cancellation),
        ["events list"] = (arguments, _, cancellation) => events.ListAsync(arguments, cancellation),
        ["address history"] = (arguments, _, cancellation) => events.HistoryAsync(arguments, cancellation),
        ["address owner"] = (arguments, _, cancellation) => events.OwnerAsync(arguments, cancellation),
        ["state show"] = (arguments, _, cancellation) => events.StateAsync(arguments, cancellation),
        ["host render"] = (arguments, _, cancellation) => events.RenderAsync(arguments, cancellation),
        ["errors list"] = (_, _, cancellation) => errors.ListAsync(cancellation),
        ["errors retry"] = errors.RetryAsync,
        ["errors discard"] = errors.DiscardAsync,
        ["host drain"] = drain.RunAsync,
        ["host list"] = (_, _, cancellation) => listings.HostsAsync(cancellation),
        ["host show"] = (arguments, _, cancellation) => listings.HostAsync(arguments, cancellation),
        ["host forget"] = hosts.ForgetAsync,
    };

    /// <summary>The document, or the refusal with its code. Throws only on outages and bugs.</summary>
    public async Task<AdminReply> AnswerAsync(AdminRequest request, Guid seed, Delivery delivery, CancellationToken cancellation)
    {
        try
        {
            var carryOut = _commands.GetValueOrDefault(request.Command)
                ?? throw new RefusedException(ErrorCodes.NotSupported, $"This scheduler has no command '{request.Command}'; its version is {Hosting.ProcessDefaults.Version}.");
            var arguments = new AdminArguments(request.Arguments, seed);
            var result = await carryOut(arguments, delivery, cancellation);
            return new AdminReply(result is null ? null : System.Text.Json.JsonSerializer.SerializeToElement(result, result.GetType(), PlainJson.Options));
        }
        catch (RefusedException refused)
        {
            return new AdminReply(null, refused.Code, refused.Message);
        }
    }
}
