using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NovaNetBus.Domain.HostPlan;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Ledger;
using NovaNetBus.NetworkWorker.Host;
using NovaNetBus.NetworkWorker.Kernel;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>The metadata service as a part of the worker.</summary>
internal static class MetadataSetup
{
    /// <summary>Nothing, where another machine answers (metadata_host) or this one is not to be touched (fake_network).</summary>
    public static IServiceCollection AddMetadata(this IServiceCollection services, NovaNetOptions options, HostSettings settings)
    {
        if (options.FakeNetwork || settings.Metadata is not { IsHere: true } target)
        {
            return services;
        }

        services.AddSingleton(provider =>
        {
            var ledger = provider.GetRequiredService<InstanceMetadataLedger>();
            var vms = new VmDirectory(
                async (place, cancellation) =>
                    await ledger.FindAsync(options.Host, place.Bridge, place.Address, cancellation) is { } self ? VmProfile.Of(self, settings) : null,
                provider.GetRequiredService<TimeProvider>());
            provider.GetRequiredService<Reconciler>().Changed += vms.Forget;
            return vms;
        });
        services.AddSingleton(provider => new MetadataService(
            () => new MetadataSocket(target), provider.GetRequiredService<VmDirectory>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(provider => provider.GetRequiredService<MetadataService>());
        services.AddHealthChecks().AddCheck<MetadataService>("metadata");
        return services;
    }
}
