namespace NovaNetBus.Contracts;

/// <summary>
/// From the worker of an instance's host to that of another host that alone serves a network of it: look at the instance in the log and follow. It carries the AMQP properties of
/// the message that caused it, so that whoever follows last can answer.
/// </summary>
/// <param name="InstanceId">UUID of the instance.</param>
public sealed record InstanceNetworkChanged(Guid InstanceId);

/// <summary>To a host's worker: look now, and not with the next heartbeat, which networks the host serves.</summary>
/// <param name="NetworkIds">Those that have changed.</param>
public sealed record NetworkDutiesChanged(IReadOnlyList<Guid> NetworkIds);
