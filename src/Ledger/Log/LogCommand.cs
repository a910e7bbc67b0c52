using NovaNetBus.Domain.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace NovaNetBus.Ledger.Log;

/// <summary>One question to the table of events: conditions are added, then it is read.</summary>
internal sealed class LogCommand : IDisposable
{
    private readonly NpgsqlCommand command;
    private readonly List<string> conditions = [LoggedEvent.IsEvent];

    public LogCommand(NpgsqlConnection connection) => command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };

    /// <summary>A condition in SQL that names its parameter as <c>@name</c>.</summary>
    public LogCommand Where<T>(string condition, string name, T value)
    {
        conditions.Add(condition);
        command.Parameters.AddWithValue(name, value!);
        return this;
    }

    /// <summary>A condition in SQL without a parameter.</summary>
    public LogCommand Where(string condition)
    {
        conditions.Add(condition);
        return this;
    }

    public LogCommand Where(EventFilter filter)
    {
        If(filter.Since, "timestamp >= @since", "since");
        If(filter.Until, "timestamp <= @until", "until");
        If(filter.Type, "type = @type", "type");
        If(filter.Address is { } address ? address.ToString() : null, "data ->> 'address' = @address", "address");
        If(filter.Instance?.ToString(), "(correlation_id = @instance or stream_id = 'instance-' || @instance)", "instance");
        If(filter.Host, "(headers ->> 'host' = @host or data ->> 'host' = @host or stream_id = 'host-' || @host)", "host");
        If(
            filter.Project,
            $"(stream_id = 'project-' || @project or correlation_id in (select correlation_id from {LoggedEvent.Table} where data ->> 'projectId' = @project))",
            "project");
        if (filter.Networks is { } networks)
        {
            Where(
                """
                (stream_id = any(select 'network-' || id from unnest(@networks) as id) or data ->> 'networkId' = any(@networks)
                 or (left(stream_id, 5) = 'pool-' and substr(stream_id, 6, 36) = any(@networks)))
                """,
                "networks", networks.Select(network => network.ToString()).ToArray());
        }

        return this;
    }

    /// <summary>Reads at most so many, in the order of SQL's <paramref name="order"/>.</summary>
    public async Task<List<LoggedEvent>> ReadAsync(string order, int limit, CancellationToken cancellation)
    {
        command.Parameters.Add(new NpgsqlParameter("limit", NpgsqlDbType.Integer) { Value = limit });
        command.CommandText = $"select {LoggedEvent.Columns} from {LoggedEvent.Table} where {string.Join(" and ", conditions)} order by {order} limit @limit";
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<LoggedEvent>();
        while (await rows.ReadAsync(cancellation))
        {
            found.Add(LoggedEvent.Read(rows));
        }

        return found;
    }

    /// <summary>Reads all in the order of the log.</summary>
    public Task<List<LoggedEvent>> ReadAllAsync(CancellationToken cancellation) => ReadAsync("seq_id", int.MaxValue, cancellation);

    public void Dispose() => command.Dispose();

    private void If<T>(T? value, string condition, string name)
    {
        if (value is not null)
        {
            Where(condition, name, value);
        }
    }
}
