using System.Collections.Immutable;
using System.Reflection;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;

namespace NovaNetBus.Programs.Tests.Ledger;

/// <summary>An event with something in each field: what a new event's sample can be taken from.</summary>
internal static class ExampleEvent
{
    public static object Of(Type type) => Value(type, "", 0)!;

    private static object? Value(Type type, string name, int depth) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } inner => Value(inner, name, depth),
        _ when type == typeof(string) => name.ToLowerInvariant() switch { "host" => "host-a", "bridge" => "br100", _ => name.ToLowerInvariant() },
        _ when type == typeof(Guid) => Guid.Parse("0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"),
        _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero),
        _ when type == typeof(Ipv4) => Ipv4.Parse("10.0.0.7"),
        _ when type == typeof(Cidr) => Cidr.Parse("10.0.0.0/24"),
        _ when type == typeof(MacAddress) => MacAddress.Parse("fa:16:3e:01:02:03"),
        _ when type == typeof(Ipv6) => Ipv6.Parse("2001:db8::7"),
        _ when type == typeof(Ipv6Cidr) => Ipv6Cidr.Parse("2001:db8::/64"),
        _ when type == typeof(bool) => true,
        _ when type == typeof(int) => 7,
        _ when type == typeof(long) => 7L,
        { IsEnum: true } => Enum.GetValues(type).GetValue(0),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(ValueList<>) => List(type.GetGenericArguments()[0], name, depth),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(ImmutableSortedDictionary<,>) || type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>) =>
            type.GetField("Empty", BindingFlags.Public | BindingFlags.Static)!.GetValue(null),
        _ when depth < 5 => Record(type, depth),
        _ => null,
    };

    private static object List(Type item, string name, int depth)
    {
        var items = Array.CreateInstance(item, 1);
        items.SetValue(Value(item, name, depth + 1), 0);
        return typeof(ValueList).GetMethod(nameof(ValueList.ToValueList))!.MakeGenericMethod(item).Invoke(null, [items])!;
    }

    private static object Record(Type type, int depth)
    {
        var constructor = type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).FirstOrDefault()
            ?? throw new InvalidOperationException($"say here what a {type.Name} can be");
        var made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType, parameter.Name!, depth + 1))]);
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            property.SetValue(made, Value(property.PropertyType, property.Name, depth + 1));
        }

        return made;
    }
}
