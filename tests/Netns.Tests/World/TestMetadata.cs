using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using NovaNetBus.Contracts;
using NovaNetBus.Domain;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Domain.Instances;
using NovaNetBus.NetworkWorker;
using NovaNetBus.NetworkWorker.Kernel;
using NovaNetBus.NetworkWorker.Metadata;
using Xunit;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>The worker's metadata service on a <see cref="TestHost"/>. What the ledger would say of a VM is said by <see cref="Known"/>.</summary>
internal sealed class TestMetadata : IDisposable
{
    public static readonly MetadataTarget Here = new(MetadataTarget.WellKnown, 8775);

    private readonly MetadataService service;

    public TestMetadata(TestHost host)
    {
        Directory = new VmDirectory(ReadAsync, TimeProvider.System);
        service = new MetadataService(
            () => host.Namespace.Run(() => new MetadataSocket(Here)), Directory, TimeProvider.System, NullLoggerFactory.Instance);
        service.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public VmDirectory Directory { get; }

    public void AwaitReady() => Assert.True(SpinWait.SpinUntil(() => Health.Status == HealthStatus.Healthy, TimeSpan.FromSeconds(30)), Health.Description);

    /// <summary>By place; asked once while <see cref="Directory"/> keeps the answer.</summary>
    public Dictionary<VmPlace, VmProfile> Known { get; } = [];

    /// <summary>How many questions came to the ledger.</summary>
    public int Reads { get; private set; }

    public HealthCheckResult Health => service.CheckHealthAsync(new HealthCheckContext()).Result;

    /// <summary>As its spawning would have told it.</summary>
    public VmProfile Introduce(TestVm vm, string bridge = "br100", string? userData = null)
    {
        var profile = new VmProfile(
            Guid.NewGuid(), "project-1", vm.Port.Hostname, "novalocal", [Vif(vm)],
            new InstanceMetadata("zone-1", [new NamedText("role", vm.Port.Hostname)], userData, [new NamedText("mine", $"ssh-ed25519 AAAA{vm.Port.Hostname} me@there")]));
        Known[new VmPlace(bridge, vm.Address)] = profile;
        return profile;
    }

    /// <summary>What curl in a VM is answered: status, and body. Status 0: no answer.</summary>
    public static (int Status, string Body) Ask(NetworkNamespace place, string path, params string[] more)
    {
        var result = place.Run(() => Commands.Run(
            "curl", ["-s", "--max-time", "10", "--path-as-is", "-w", "\n%{http_code}", .. more, $"http://169.254.169.254{path}"], TimeSpan.FromSeconds(30)));
        var end = result.Output.LastIndexOf('\n');
        return (int.Parse(result.Output[(end + 1)..], CultureInfo.InvariantCulture), result.Output[..Math.Max(0, end)]);
    }

    public void Dispose()
    {
        service.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        service.Dispose();
    }

    private static Vif Vif(TestVm vm) => new(
        Guid.NewGuid(), vm.PortName, vm.Mac.ToString(), TestHost.NetworkId, "private", "br100", null, 1450, vm.Address.ToString(), 24, "10.4.0.255",
        TestHost.Gateway.ToString(), TestHost.Gateway.ToString(), ["192.0.2.53"], ["198.51.100.111"], false);

    private Task<VmProfile?> ReadAsync(VmPlace place, CancellationToken cancellation)
    {
        Reads++;
        return Task.FromResult(Known.GetValueOrDefault(place));
    }
}
