using System.Globalization;
using NovaNetBus.Contracts;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Scheduler.Admin;

/// <summary>A request's arguments, read with their kinds; a wrong one is an invalid-request that names it.</summary>
/// <param name="given">By name.</param>
/// <param name="seed">Random, and the same however often the request is carried out in an outage: what it made before the store went away is found again by its id.</param>
internal sealed class AdminArguments(IReadOnlyDictionary<string, string?> given, Guid seed = default)
{
    /// <summary>The id of what the request makes.</summary>
    public Guid Seed => seed;

    /// <summary>Those that have a value.</summary>
    public IEnumerable<string> Names => given.Where(argument => argument.Value is { Length: > 0 }).Select(argument => argument.Key);

    public string? Text(string name) => given.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    public string Required(string name) => Text(name) ?? throw Invalid(name, "is missing");

    public int? Number(string name) => Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw Invalid(name, "must be a whole number");

    public long? Number64(string name) => Text(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Invalid(name, "must be a whole number");

    /// <summary>Without a zone it is UTC.</summary>
    public DateTimeOffset? Time(string name) => Text(name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw Invalid(name, "must be a time such as 2026-11-23T12:00:00Z");

    public Ipv4 Address(string name) => Ipv4.TryParse(Required(name), out var address) ? address : throw Invalid(name, "must be an IPv4 address");

    public bool? Truth(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw Invalid(name, "must be true or false"),
    };

    public Guid? Id(string name) => Text(name) is not { } text ? null : Guid.TryParse(text, out var id) ? id : throw Invalid(name, "must be a UUID");

    private static RefusedException Invalid(string name, string fault) => new(ErrorCodes.InvalidRequest, $"{name} {fault}.");
}
