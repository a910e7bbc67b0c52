using System.Diagnostics;
using NovaNetBus.NetworkWorker.Kernel.Dhcp;
using Xunit;

namespace NovaNetBus.Programs.Tests.Worker;

/// <summary>What dnsmasq's script writes and the worker reads, with the real script, run by the real shell.</summary>
public sealed class lines_of_leases : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private readonly string folder = Directory.CreateTempSubdirectory("novanet-leases-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void are_read_once_in_their_order()
    {
        Tell("add", "fa:16:3e:00:00:01", "10.0.0.5", expires: 1_800_003_600, remaining: 3600);
        Tell("del", "fa:16:3e:00:00:01", "10.0.0.5", expires: 1_800_003_600);
        Tell("init");
        Tell("tftp", "1234", "10.0.0.5");
        var spool = new LeaseSpool(folder);

        var reading = spool.Read(Now)!;

        Assert.Equal(["10.0.0.5 fa:16:3e:00:00:01 2027-01-15 09:00:00Z", "10.0.0.5 fa:16:3e:00:00:01 ended"], reading.Lines.Select(Text));
        spool.Done(reading, Now);
        Assert.Null(spool.Read(Now));
        Tell("old", "fa:16:3e:00:00:02", "10.0.0.6", expires: 1_800_000_060, remaining: 60);
        Assert.Equal(["10.0.0.6 fa:16:3e:00:00:02 2027-01-15 08:01:00Z"], spool.Read(Now)!.Lines.Select(Text));
    }

    [Fact]
    public void that_were_not_recorded_are_read_again_by_the_next_worker_and_those_that_were_are_not()
    {
        Tell("add", "fa:16:3e:00:00:01", "10.0.0.5", expires: 1_800_003_600, remaining: 3600);
        var spool = new LeaseSpool(folder);
        spool.Done(spool.Read(Now)!, Now);
        Tell("add", "fa:16:3e:00:00:02", "10.0.0.6", expires: 1_800_003_600, remaining: 3600);
        Assert.NotNull(spool.Read(Now));

        Assert.Equal(["10.0.0.6"], new LeaseSpool(folder).Read(Now)!.Lines.Select(line => line.Address.ToString()));
    }

    [Fact]
    public void half_a_line_is_left_until_it_is_whole_and_what_is_none_is_passed_over()
    {
        File.WriteAllText(Events, "add not-a-mac 10.0.0.5 1800003600 3600\nadd fa:16:3e:00:00:01 10.0.0.5 9999999999999999999 1\n\nadd fa:16:3e:00:00:01 10.0.0.6 18000");
        var spool = new LeaseSpool(folder);
        var reading = spool.Read(Now)!;
        Assert.Empty(reading.Lines);
        spool.Done(reading, Now);

        File.AppendAllText(Events, "03600 3600\n");
        Assert.Equal(["10.0.0.6"], spool.Read(Now)!.Lines.Select(line => line.Address.ToString()));
    }

    [Fact]
    public void fill_no_disk_and_none_is_lost_when_the_file_is_set_aside()
    {
        var spool = new LeaseSpool(folder);
        var read = new List<string>();
        for (var number = 0; number < 3000; number++)
        {
            File.AppendAllText(number == 1500 && File.Exists(Events + ".aside") ? Events + ".aside" : Events, $"add fa:16:3e:00:00:01 10.0.{number / 250}.{number % 250} 1800003600 3600\n");
            var now = DateTimeOffset.UtcNow.AddMinutes(number > 2000 ? 1 : 0); // long after the last line that still went into the file that was set aside
            while (spool.Read(now) is { } reading)
            {
                read.AddRange(reading.Lines.Select(line => line.Address.ToString()));
                spool.Done(reading, now);
            }
        }

        Assert.Equal(Enumerable.Range(0, 3000).Select(number => $"10.0.{number / 250}.{number % 250}"), read);
        Assert.True(new FileInfo(Events).Length < 100_000);
    }

    [Fact]
    public void of_a_network_that_was_never_here_are_none() => Assert.Null(new LeaseSpool(Path.Combine(folder, "nowhere")).Read(Now));

    private string Events => Path.Combine(folder, "lease-events");

    private static string Text(LeaseLine line) => $"{line.Address} {line.Mac} {line.ExpiresAt?.ToString("u") ?? "ended"}";

    private void Tell(string action, string mac = "", string address = "", long? expires = null, long? remaining = null)
    {
        var script = Path.Combine(folder, "on-lease");
        File.WriteAllText(script, LeaseSpool.Script);
        var start = new ProcessStartInfo("/bin/sh", [script, action, mac, address, "$(touch /tmp/never); name"]);
        start.Environment["DNSMASQ_LEASE_EXPIRES"] = expires?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["DNSMASQ_TIME_REMAINING"] = remaining?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
