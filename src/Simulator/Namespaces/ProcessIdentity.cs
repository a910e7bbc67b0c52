using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace NovaNetBus.Simulator.Namespaces;

internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    User1 = 10,
    Terminate = 15,
}

/// <summary>A process for as long as it lives: a number that was used again is not it.</summary>
/// <param name="Id">Process id.</param>
/// <param name="StartedAt">Clock ticks since boot.</param>
internal sealed record ProcessIdentity(int Id, long StartedAt)
{
    public bool IsRunning => Read(Id) is { } now && now.StartedAt == StartedAt && now.State is not ('Z' or 'X');

    /// <summary>The program's name, of which the kernel keeps 15 characters; null: it has ended.</summary>
    [JsonIgnore]
    public string? Name
    {
        get
        {
            try
            {
                return IsRunning ? File.ReadAllText($"/proc/{Id}/comm").Trim() : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    public static ProcessIdentity? Of(int id) => Read(id) is { } now ? new ProcessIdentity(id, now.StartedAt) : null;

    public void Send(Signal signal)
    {
        if (IsRunning)
        {
            _ = Kill(Id, (int)signal);
        }
    }

    /// <summary>Politely, then not.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        Send(Signal.Terminate);
        if (!await Wait.UntilAsync(() => !IsRunning, TimeSpan.FromSeconds(10), ct))
        {
            await KillAsync(ct);
        }
    }

    public async Task KillAsync(CancellationToken ct)
    {
        Send(Signal.Kill);
        await Wait.UntilAsync(() => !IsRunning, TimeSpan.FromSeconds(5), ct);
    }

    // proc_pid_stat(5): the fields behind the command's name, which may itself hold blanks and brackets; 3 is the state, 22 the start.
    private static (char State, long StartedAt)? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], long.Parse(fields[19]));
        }
        catch (IOException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int id, int signal);
}
