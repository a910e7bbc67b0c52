using Npgsql;

namespace NovaNetBus.Ledger.Log;

/// <summary>Commands about the whole log, which may take as long as it takes.</summary>
internal static class PatientCommand
{
    public static NpgsqlCommand Of(string sql, NpgsqlConnection connection) => new(sql, connection) { CommandTimeout = 0 };
}
