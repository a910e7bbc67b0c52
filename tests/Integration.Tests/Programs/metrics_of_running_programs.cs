using System.Globalization;
using System.Text.RegularExpressions;
using NovaNetBus.Contracts;
using NovaNetBus.Integration.Tests.Messaging;
using Xunit;

namespace NovaNetBus.Integration.Tests.Programs;

/// <summary>What the published programs tell a Prometheus that asks them.</summary>
[Collection(nameof(RunningPrograms))]
public sealed partial class metrics_of_running_programs(RunningPrograms programs)
{
    [Fact]
    public async Task are_prometheus_text_with_what_has_happened()
    {
        var before = await PageAsync(programs.Host);
        await programs.NovanetAsync("network", "create", "measured", "--fixed-range-v4", "10.190.0.0/29", "--multi-host", "true", "--share-address", "true", "--project", "measured");
        await using var compute = await ComputeService.ConnectAsync();
        var asking = new AskingForFacts(compute);
        await asking.AskAsync<HostNetworkConfigured>(new InstanceSpawning(Guid.NewGuid(), "measured", programs.Host, "vm", [new RequestedNetwork("measured")]), programs.Host);
        Assert.Equal("network-not-found", await asking.RefusedAsync(new InstanceSpawning(Guid.NewGuid(), "measured", programs.Host, "vm", [new RequestedNetwork("nowhere")]), programs.Host));
        await compute.PublishAsync("novanet.instance-spawning", programs.Host, "{ broken");

        Dictionary<string, double> after = [];
        await Eventually.HoldsAsync("the broken message has failed", async () => Grown("""novanetbus_messages_failed_total{code="invalid-message"}""", before, after = await PageAsync(programs.Host)) == 1);
        Assert.Equal(1, Grown("novanetbus_instances_configured_total", before, after));
        Assert.Equal(1, Grown("""novanetbus_failures_total{code="network-not-found"}""", before, after));
        Assert.Equal(3, Grown("""novanetbus_message_seconds_count{type="novanet.instance-spawning"}""", before, after));
        Assert.Equal(1, Grown("novanetbus_ports", before, after));
        Assert.True(Grown("novanetbus_commits_total", before, after) >= 2);
        Assert.Equal(Grown("novanetbus_commits_total", before, after), Grown("novanetbus_commit_batch_size_count", before, after));
        Assert.True(after["novanetbus_reconcile_seconds_count"] >= 1);
        Assert.Equal(1, after["novanetbus_host_ready"]);
        Assert.True(after.ContainsKey("novanetbus_commits_lost_races_total"), "it is there before there is one");
        Assert.True(after["process_cpu_seconds_total"] > 0);
        await Eventually.HoldsAsync("the depth of the error queue is looked at", async () =>
            (await PageAsync(programs.Host)).GetValueOrDefault($$"""novanetbus_error_queue_messages{queue="network.{{programs.Host}}_error"}""") >= 1);
    }

    [Fact]
    public async Task of_the_scheduler_tell_of_the_whole()
    {
        await programs.NovanetAsync("floating", "create", "--ip-range", "198.18.91.0/29", "--pool", "counted");
        await programs.NovanetAsync("network", "create", "counted", "--fixed-range-v4", "10.191.0.0/29", "--multi-host", "false", "--project", "counted");

        Dictionary<string, double> page = [];
        await Eventually.HoldsAsync("the network is seen, and it leads", async () => (page = await PageAsync(null)).ContainsKey("""novanetbus_free_fixed_ips{network="counted"}""") && page["novanetbus_leader"] == 1);
        Assert.Equal(5, page["""novanetbus_free_fixed_ips{network="counted"}"""]);
        Assert.Equal(6, page["""novanetbus_free_floating_ips{pool="counted"}"""]);
        Assert.True(page["""novanetbus_workers{state="alive"}"""] >= 1);
        Assert.True(page["novanetbus_log_lag_events"] >= 0);
        Assert.True(page["""novanetbus_network_moves_total{kind="place"}"""] >= 1);
        Assert.True(page["""novanetbus_message_seconds_count{type="novanet.admin"}"""] >= 2);

        await programs.NovanetAsync("network", "modify", "counted", "--disassociate-project");
        await programs.NovanetAsync("network", "delete", "counted");
        await Eventually.HoldsAsync("a network that is gone is not counted any more", async () => !(await PageAsync(null)).ContainsKey("""novanetbus_free_fixed_ips{network="counted"}"""));
    }

    /// <summary>By the grammar of the text format: every line is a comment or a sample with a number, every sample belongs to a type that was told before it, none comes twice.</summary>
    private async Task<Dictionary<string, double>> PageAsync(string? worker)
    {
        var (samples, types) = (new Dictionary<string, double>(), new HashSet<string>());
        foreach (var line in (await programs.HttpAsync(worker, "/metrics")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.True(types.Add(type.Groups[1].Value), line);
            }
            else if (!line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var sample = SampleLine().Match(line);
                Assert.True(sample.Success, line);
                Assert.True(types.Contains(sample.Groups[2].Value) || types.Contains(PartOfHistogram().Replace(sample.Groups[2].Value, "")), line);
                samples.Add(sample.Groups[1].Value, double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture));
            }
        }

        return samples;
    }

    private static double Grown(string sample, Dictionary<string, double> before, Dictionary<string, double> after) => after.GetValueOrDefault(sample) - before.GetValueOrDefault(sample);

    [GeneratedRegex("^# TYPE ([a-z_]+) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(([a-z_]+)(?:\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})?) (-?[0-9.eE+-]+|\+Inf|NaN)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex PartOfHistogram();
}
