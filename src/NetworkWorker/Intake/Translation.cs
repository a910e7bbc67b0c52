using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Instances;
using NovaNetBus.Domain.Networks;
using NovaNetBus.Hosting.Messaging;

namespace NovaNetBus.NetworkWorker.Intake;

/// <summary>From messages to commands. What cannot be meant is an <see cref="InvalidMessageException"/> that names the field.</summary>
internal static class Translation
{
    private const int LongestName = 255, MostNetworks = 64;

    /// <summary>For the worker of <paramref name="host"/>; null: for one that may act for a host without a worker.</summary>
    public static Spawn ToCommand(InstanceSpawning message, string? host, Guid seed, DateTimeOffset now)
    {
        Require(message.InstanceId != Guid.Empty, "instanceId must not be the empty UUID");
        Require(IsName(message.ProjectId), $"projectId must have 1 to {LongestName} characters, none of them a control character");
        Require(IsName(message.Hostname), $"hostname must have 1 to {LongestName} characters, none of them a control character");
        HostName(message.Host, "host");
        Require(host is null || message.Host == host, $"host is not {host}, whose queue this message came to; the routing key must be the instance's host");
        var networks = message.Networks ?? [];
        Require(networks.Count <= MostNetworks, $"networks must not name more than {MostNetworks} networks");
        Require(networks.All(network => network is not null && IsName(network.Network)), $"networks[].network must have 1 to {LongestName} characters");
        return new Spawn(
            message.InstanceId, message.ProjectId, message.Host, message.Hostname,
            networks.Select(network => new NetworkRequest(network.Network, network.Address, network.MacAddress)).ToValueList(), seed, now)
        {
            IsVpn = message.IsVpn ?? false,
            Metadata = MetadataTranslation.ToMetadata(message),
        };
    }

    /// <summary>For the worker of <paramref name="host"/>; <paramref name="messageId"/> is AMQP's, if it has one.</summary>
    public static AddFixedIp ToCommand(FixedIpAdd message, string host, string? messageId, Guid seed, DateTimeOffset now)
    {
        Require(IsName(message.Network), $"network must have 1 to {LongestName} characters, none of them a control character");
        return new AddFixedIp(InstanceOf(message.InstanceId), host, message.Network, messageId, seed, now);
    }

    /// <summary>As for an address that is added.</summary>
    public static RemoveFixedIp ToCommand(FixedIpRemove message, string host, string? messageId, DateTimeOffset now)
    {
        Require(IsName(message.Address), $"address must have 1 to {LongestName} characters, none of them a control character");
        return new RemoveFixedIp(InstanceOf(message.InstanceId), host, message.Address, messageId, now);
    }

    /// <summary>The instance that a message names.</summary>
    public static Guid InstanceOf(Guid instanceId)
    {
        Require(instanceId != Guid.Empty, "instanceId must not be the empty UUID");
        return instanceId;
    }

    /// <summary>The name of a host, as option host allows it.</summary>
    public static void HostName(string text, string field)
    {
        const int longestHost = 63;
        Require(
            text.Length is > 0 and <= longestHost && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-'),
            $"{field} must be 1 to {longestHost} characters of A-Z a-z 0-9 . _ -");
    }

    private static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Any(char.IsControl);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidMessageException(otherwise);
        }
    }
}
