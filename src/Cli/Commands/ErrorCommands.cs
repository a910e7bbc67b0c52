using System.CommandLine;
using System.Text.Json;
using NovaNetBus.Cli.Output;
using NovaNetBus.Contracts;

namespace NovaNetBus.Cli.Commands;

/// <summary>The group <c>errors</c>: the messages that could not be handled.</summary>
internal static class ErrorCommands
{
    private static readonly Column<ErrorRow>[] Columns =
    [
        new("ID", row => Printable.Of(row.Id)),
        new("QUEUE", row => Printable.Of(row.Queue), Rank: 2),
        new("TYPE", row => Printable.Of(row.Type), Rank: 4),
        new("AT", row => Printable.Of(row.At), Rank: 3),
        new("INSTANCE", row => Printable.Of(row.InstanceId?.ToString()), Rank: 6),
        new("CODE", row => Printable.Of(row.Code), Rank: 5),
        new("USER", row => Printable.Of(row.UserId), Rank: 7),
        new("REASON", row => Printable.OneLine(row.Reason), Rank: 1),
    ];

    /// <summary>list, retry and discard.</summary>
    public static Command Group(Conversation conversation) => new("errors", "List, retry and discard messages that could not be handled")
    {
        new AdminCommand("errors list", "List the messages in the error queues", conversation, Table("No errors."), "novanet errors list", "novanet errors list --output json"),
        Handling("retry", "Put a message back into the queue that it came from", conversation),
        Handling("discard", "Throw a message away", conversation),
    };

    private static AdminCommand Handling(string name, string description, Conversation conversation)
    {
        var id = Arguments.OptionalWord("ID", "Of errors list");
        var all = Arguments.Flag("--all", "Every message that errors list shows");
        var command = new AdminCommand(
            "errors " + name, description, conversation, Table("No errors."), $"novanet errors {name} 5b0f3c9a71de", $"novanet errors {name} --all")
        {
            id,
            all,
        };
        command.Validators.Add(given =>
        {
            if (given.GetValue(id) is null != given.GetValue(all))
            {
                given.AddError($"Give an ID or --all: novanet errors {name} ID");
            }
        });
        return command;
    }

    private static Action<Streams, JsonElement> Table(string nothing) => Result.Table(json => json.ErrorRowArray, Columns, nothing);
}
