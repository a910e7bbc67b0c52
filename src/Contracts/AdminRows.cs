using System.Text.Json;

namespace NovaNetBus.Contracts;

#pragma warning disable CS1573 // a name that says all needs no line of its own

// What the scheduler answers on the admin queue, as `novanet ... --output json` prints it: a list is an array of rows, one thing is one row.
// Addresses, ranges and MACs are text in their usual form; times are UTC; what is absent or unknown is null.

/// <summary>A row of <c>network list</c>, the answer of <c>network show</c> and <c>modify</c>; <c>network create</c> and <c>project scrub</c> answer with a list of them.</summary>
/// <param name="Host">The one host that serves it; null with multi_host, and as long as none has been chosen.</param>
/// <param name="Mtu">Bytes.</param>
/// <param name="VpnPublicPort">UDP port that leads to the project's VPN instance.</param>
public sealed record NetworkRow(
    Guid Id, string Label, string Cidr, string? Gateway, string? DhcpServer, string DhcpStart, int? Vlan, string? Bridge, string? BridgeInterface,
    string? ProjectId, bool MultiHost, string? Host, int Mtu, IReadOnlyList<string> Dns, string? VpnPrivateAddress, int? VpnPublicPort,
    string? CidrV6, AddressCounts Addresses);

/// <summary>How many addresses a network has, by state. Free + reserved + allocated is always the total; an address that rests counts as free.</summary>
public sealed record AddressCounts(long Total, long Reserved, long Allocated, long Free);

/// <summary>A row of <c>fixed list</c>, the answer of <c>fixed reserve</c> and <c>unreserve</c>. State: free, reserved, allocated, leased, deallocated.</summary>
public sealed record FixedIpRow(
    string Address, Guid NetworkId, string State, Guid? InstanceId, string? ProjectId, string? Host, string? MacAddress, string? Hostname, DateTimeOffset? ChangedAt);

/// <summary>A row of <c>floating list</c>, the answer of <c>floating allocate</c>, <c>release</c>, <c>associate</c> and <c>disassociate</c>: the address as it is afterwards.</summary>
/// <param name="Interface">The range's own NIC; null: each host's public_interface.</param>
/// <param name="ProjectId">Whose it is; null: free.</param>
/// <param name="Host">Where it answers; null: not associated.</param>
public sealed record FloatingIpRow(
    string Address, string Pool, string? Interface, string? ProjectId, string? FixedIp, Guid? InstanceId, string? Host, bool AutoAssigned);

/// <summary>A row of <c>floating pools</c>. Allocated + free is the total; associated is a part of allocated.</summary>
public sealed record FloatingPoolRow(string Pool, long Total, long Allocated, long Associated, long Free);

/// <summary>The answer of <c>floating create</c> and <c>floating delete</c>.</summary>
/// <param name="Addresses">How many addresses were added or removed.</param>
public sealed record FloatingRangeRow(string IpRange, string Pool, string? Interface, long Addresses);

/// <summary>A row of <c>instance list</c>, the answer of <c>instance show</c>. State: allocated, configured, failed, moving, away, releasing, released.</summary>
/// <param name="Code">Why it failed, one of <see cref="ErrorCodes"/>.</param>
/// <param name="Configured">The last fact of its host; null when there is none that still holds.</param>
public sealed record InstanceRow(
    Guid InstanceId, string State, string? ProjectId, string? Host, string? Hostname, long Generation, DateTimeOffset ChangedAt,
    string? Code, string? Message, HostNetworkConfigured? Configured);

/// <summary>A row of <c>host list</c>, the answer of <c>host show</c>. <c>host drain</c> answers with a list of <see cref="NetworkHostChanged"/>, <c>host forget</c> with one of <see cref="InstanceNetworkReleased"/>.</summary>
/// <param name="Role">What it does, in words.</param>
/// <param name="Networks">Labels of the networks that it serves.</param>
/// <param name="Drift">Differences that its last full reconcile found.</param>
/// <param name="Reason">Why it serves what it serves, or nothing; null: nothing to explain.</param>
public sealed record HostRow(
    string Host, bool Alive, DateTimeOffset? LastSeen, string Role, int Ports, IReadOnlyList<string> Networks, string? Version, int Drift, string? Reason = null);

/// <summary>The answer of <c>project show</c> and <c>project quota</c>.</summary>
/// <param name="Quota">The most that it may have; -1: no limit.</param>
/// <param name="Usage">What it has.</param>
/// <param name="Networks">Its own networks, by label.</param>
public sealed record ProjectRow(string ProjectId, ProjectCounts Quota, ProjectCounts Usage, IReadOnlyList<string> Networks);

/// <summary>Addresses of a project.</summary>
public sealed record ProjectCounts(long FixedIps, long FloatingIps);

/// <summary>A row of <c>vpn list</c>; <c>vpn change</c> answers with a list of those changed.</summary>
/// <param name="InstanceId">The project's VPN instance; null: none runs.</param>
/// <param name="Host">Where the forward is.</param>
public sealed record VpnRow(
    string ProjectId, Guid NetworkId, string Label, string? VpnPublicAddress, int? VpnPublicPort, string? VpnPrivateAddress, Guid? InstanceId, string? Host);

/// <summary>A row of <c>events list</c> and <c>events export</c>: one event as it is stored.</summary>
/// <param name="Sequence">Its place in the whole log; rises, with gaps.</param>
/// <param name="Version">Its place in its stream, from 1.</param>
/// <param name="Type">Its stored name, e.g. <c>fixed-ip-allocated</c>.</param>
/// <param name="Host">Where it was decided or seen.</param>
/// <param name="CausationId">The message that caused it.</param>
/// <param name="CorrelationId">The instance's id, or the request's.</param>
/// <param name="Data">The event itself.</param>
/// <param name="User">Who asked: the AMQP user; null: not told.</param>
/// <param name="Program">Which program wrote it.</param>
/// <param name="Actions">What a host did before it, as sentences; null: nothing.</param>
public sealed record EventRow(
    long Sequence, string Stream, long Version, string Type, DateTimeOffset At, string? Host, string? CausationId, string? CorrelationId,
    JsonElement Data, string? User = null, string? Program = null, IReadOnlyList<string>? Actions = null);

/// <summary>A row of <c>address history</c>, oldest first; the answer of <c>address owner</c>. Kind: fixed, floating.</summary>
/// <param name="State">What it was: a state of <see cref="FixedIpRow"/>; of a floating address free, allocated, associated, removed (from its pool).</param>
/// <param name="NetworkId">Of a fixed address.</param>
/// <param name="Pool">Of a floating address.</param>
/// <param name="FixedIp">What a floating address led to.</param>
/// <param name="InstanceId">Who held it; null: nobody.</param>
/// <param name="From">Since when it was so; null: from the beginning of the log.</param>
/// <param name="Until">Until when; null: it still is.</param>
public sealed record AddressHolderRow(
    string Address, string Kind, string State, Guid? NetworkId, string? Pool, string? FixedIp, string? ProjectId, Guid? InstanceId, string? Hostname,
    string? MacAddress, string? Host, DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>The answer of <c>state show</c>: the world as it was.</summary>
/// <param name="At">The time asked for.</param>
/// <param name="Sequence">The last event that counts.</param>
/// <param name="FixedIps">Those that were not free.</param>
/// <param name="FloatingIps">Those that were not free.</param>
public sealed record WorldState(
    DateTimeOffset At, long Sequence, IReadOnlyList<NetworkRow> Networks, IReadOnlyList<FixedIpRow> FixedIps, IReadOnlyList<FloatingIpRow> FloatingIps,
    IReadOnlyList<InstanceRow> Instances);

/// <summary>The answer of <c>host render</c>: what a host's rules and files were.</summary>
/// <param name="Sequence">The last event that counts.</param>
/// <param name="Format">nft, dnsmasq or json, as asked: the other two are null.</param>
/// <param name="Nft">A rule set that <c>nft -f</c> loads.</param>
/// <param name="Dnsmasq">The files of every dnsmasq.</param>
/// <param name="State">All resources of the host.</param>
public sealed record HostRendering(
    string Host, DateTimeOffset At, long Sequence, string Format, string? Nft, IReadOnlyList<RenderedFile>? Dnsmasq, JsonElement? State);

/// <summary>A file of a host.</summary>
/// <param name="Path">Absolute.</param>
public sealed record RenderedFile(string Path, string Content);

/// <summary>The answer of <c>events verify</c>. It ends with 1 when there is a difference.</summary>
/// <param name="Events">How many were read.</param>
/// <param name="Documents">How many records of read models, or lines of an export, were compared.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="LastHash">Of an export: the hash of its last line, to be compared with the one that was told when it was made.</param>
public sealed record VerifyReport(long Events, long Documents, double Seconds, IReadOnlyList<VerifyDifference> Differences, string? LastHash = null);

/// <summary>One thing that is not as the log says.</summary>
/// <param name="Where">Its address: the read model and the id, or the file and the line.</param>
/// <param name="Expected">What the log says; null: it should not be there.</param>
/// <param name="Found">What stands there; null: nothing.</param>
public sealed record VerifyDifference(string Where, string? Expected, string? Found);

/// <summary>The answer of <c>events replay</c>. It ends with 1 when there is a difference.</summary>
/// <param name="Into">The store that was filled, without its password.</param>
/// <param name="Differences">Hosts whose plans are not the same by both stores.</param>
public sealed record ReplayReport(string Into, long Events, long Documents, double Seconds, IReadOnlyList<VerifyDifference> Differences);

/// <summary>A row of <c>errors list</c>; <c>errors retry</c> and <c>errors discard</c> answer with a list of those handled.</summary>
/// <param name="Id">For <c>errors retry</c> and <c>errors discard</c>; the same as long as the message lies there, and for copies of one message that failed once.</param>
/// <param name="Queue">The error queue.</param>
/// <param name="Type">The message's exchange.</param>
/// <param name="At">When it failed.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>; null when it failed for another reason than its content.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="UserId">The broker user that published it, as the broker has checked it; null: the publisher did not say.</param>
public sealed record ErrorRow(
    string Id, string Queue, string? Type, string? MessageId, Guid? InstanceId, string? Host, DateTimeOffset? At, string? Code, string Reason, string? UserId = null);
