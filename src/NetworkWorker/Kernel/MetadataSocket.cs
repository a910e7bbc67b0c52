using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NovaNetBus.Domain.HostPlan;

namespace NovaNetBus.NetworkWorker.Kernel;

/// <summary>Where a connection comes from, as the kernel saw it.</summary>
/// <param name="Interface">By which it reached this host: the bridge, not one of its ports.</param>
/// <param name="Source">The address that it has at the other end.</param>
internal readonly record struct ConnectionOrigin(string Interface, IPAddress Source);

/// <summary>
/// Listens on 169.254.169.254, in the network namespace in which it was made, whether the address is there by now or comes later. One socket for all
/// bridges: it costs nothing when one comes, and nothing is forgotten when one is made anew.
/// </summary>
internal sealed partial class MetadataSocket : IDisposable
{
    private const int IpLevel = 0, PacketInfo = 8, PacketOptions = 9, FreeBind = 15, Backlog = 512;
    private const int InterfaceNameOfIndex = 0x8910, InterfaceRequestSize = 40, NameSize = 16;

    private readonly Socket socket;

    /// <summary>Throws <see cref="SocketException"/> when the port is taken.</summary>
    public MetadataSocket(MetadataTarget target)
    {
        socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetRawSocketOption(IpLevel, FreeBind, BitConverter.GetBytes(1));
            socket.SetRawSocketOption(IpLevel, PacketInfo, BitConverter.GetBytes(1)); // what is accepted then knows where it came from
            socket.Bind(new IPEndPoint(IPAddress.Parse(target.Address.ToString()), target.Port));
            socket.Listen(Backlog);
            EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The next connection. Throws when it is disposed, or the process has no handle left.</summary>
    public ValueTask<Socket> AcceptAsync(CancellationToken cancellation) => socket.AcceptAsync(cancellation);

    /// <summary>Null when the connection is gone, or the interface that it came by.</summary>
    public ConnectionOrigin? OriginOf(Socket accepted)
    {
        try
        {
            return accepted.RemoteEndPoint is IPEndPoint { Address: var source } && InterfaceOf(accepted) is { } name ? new ConnectionOrigin(name, source) : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>The kernel keeps for a connection the interface by which its handshake came in (inet_iif), and tells it as ancillary data.</summary>
    private string? InterfaceOf(Socket accepted)
    {
        const int header = 16, packetInfoSize = 12;
        Span<byte> answer = stackalloc byte[64];
        var length = accepted.GetRawSocketOption(IpLevel, PacketOptions, answer);
        return length >= header + packetInfoSize && BitConverter.ToInt32(answer[8..]) == IpLevel && BitConverter.ToInt32(answer[12..]) == PacketInfo
            ? NameOf(BitConverter.ToInt32(answer[header..]))
            : null;
    }

    /// <summary>Asked by this socket, so that the answer is of its namespace and not of the calling thread's.</summary>
    private unsafe string? NameOf(int index)
    {
        var request = stackalloc byte[InterfaceRequestSize];
        new Span<byte>(request, InterfaceRequestSize).Clear();
        *(int*)(request + NameSize) = index;
        var added = false;
        try
        {
            socket.SafeHandle.DangerousAddRef(ref added);
            return Ask((int)socket.SafeHandle.DangerousGetHandle(), InterfaceNameOfIndex, request) == 0
                ? Marshal.PtrToStringUTF8((nint)request)
                : null;
        }
        finally
        {
            if (added)
            {
                socket.SafeHandle.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Ask(int handle, nuint request, byte* argument);
}
