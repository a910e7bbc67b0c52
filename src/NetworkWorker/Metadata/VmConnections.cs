using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.NetworkWorker.Kernel;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>
/// Gives the web server the connections of VMs. Each has its <see cref="VmPlace"/> as the kernel saw it, as a feature; nothing that a VM writes
/// changes it. A connection too many is ended at once.
/// </summary>
internal sealed class VmConnections(MetadataSocket socket, VmLimits limits, ILoggerFactory logs) : IConnectionListenerFactory, IConnectionListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SocketConnectionContextFactory connections = new(new SocketConnectionFactoryOptions(), logs.CreateLogger<VmConnections>());

    public EndPoint EndPoint => socket.EndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var accepted = await socket.AcceptAsync(cancellationToken);
                if (Admit(accepted) is { } connection)
                {
                    return connection;
                }

                accepted.Close(0); // with a reset: nothing is kept of it
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException)
            {
                await Task.Delay(Pause, cancellationToken); // out of handles, perhaps: not as fast as it can
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        connections.Dispose();
        return ValueTask.CompletedTask;
    }

    private ConnectionContext? Admit(Socket accepted)
    {
        if (socket.OriginOf(accepted) is not { } origin || !Ipv4.TryParse(origin.Source.ToString(), out var source))
        {
            return null;
        }

        var place = new VmPlace(origin.Interface, source);
        if (limits.Connect(place) is not { } lease)
        {
            return null;
        }

        var connection = connections.Create(accepted);
        connection.Features.Set(new PlaceFeature(place));
        connection.ConnectionClosed.Register(lease.Dispose);
        return connection;
    }
}

/// <summary>Where a connection comes from.</summary>
internal sealed record PlaceFeature(VmPlace Place);
