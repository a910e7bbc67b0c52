using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>
/// A netlink socket of the network namespace in which it was made. One request at a time.
/// .NET does not open this address family, but works with a socket that libc opened.
/// </summary>
internal sealed partial class NetlinkSocket : IDisposable
{
    private const int AddressFamilyNetlink = 16, SocketRaw = 3, CloseOnExec = 0x80000;
    private const int SolNetlink = 270, CapAck = 10, ExtAck = 11;
    private const ushort MessageError = 2, MessageDone = 3;
    private const ushort FlagMulti = 0x2, FlagInterrupted = 0x10, FlagHasTexts = 0x200;
    private const int DumpAttempts = 20;

    private readonly Socket socket;
    private readonly byte[] buffer = new byte[128 * 1024];
    private readonly Lock oneAtATime = new();
    private uint sequence;

    /// <param name="protocol">Whom it speaks to; 0: rtnetlink.</param>
    public NetlinkSocket(int protocol = 0)
    {
        var handle = OpenSocket(AddressFamilyNetlink, SocketRaw | CloseOnExec, protocol);
        if (handle < 0)
        {
            throw new NetlinkException(Marshal.GetLastPInvokeError(), "open a netlink socket");
        }

        socket = new Socket(new SafeSocketHandle(handle, ownsHandle: true)) { ReceiveTimeout = 10_000, ReceiveBufferSize = 1 << 20 };
        var on = BitConverter.GetBytes(1);
        socket.SetRawSocketOption(SolNetlink, CapAck, on); // answers without a copy of the request,
        socket.SetRawSocketOption(SolNetlink, ExtAck, on); // but with the kernel's words
    }

    /// <summary>Sends a request that asks for an acknowledgement, and waits for it. <paramref name="what"/> is for the error's text.</summary>
    public void Run(NetlinkRequest request, string what)
    {
        lock (oneAtATime)
        {
            Exchange(request, what, static _ => { });
        }
    }

    /// <summary>The one message that answers a request for one thing.</summary>
    public ReadOnlyMemory<byte> Get(NetlinkRequest request, string what)
    {
        lock (oneAtATime)
        {
            ReadOnlyMemory<byte> got = default;
            Exchange(request, what, answer => got = answer);
            return got;
        }
    }

    /// <summary>All messages that answer a dump request: each is its fixed part and attributes. Repeated when the kernel's list changed meanwhile.</summary>
    public List<ReadOnlyMemory<byte>> Dump(NetlinkRequest request, string what)
    {
        lock (oneAtATime)
        {
            for (var attempt = 0; attempt < DumpAttempts; attempt++)
            {
                var answers = new List<ReadOnlyMemory<byte>>();
                if (Exchange(request, what, answers.Add))
                {
                    return answers;
                }
            }
        }

        throw new NetlinkException(16, what, "the list changed each time that it was read");
    }

    public void Dispose() => socket.Dispose();

    /// <summary>False when the answers do not fit together.</summary>
    private bool Exchange(NetlinkRequest request, string what, Action<ReadOnlyMemory<byte>> answer)
    {
        var number = ++sequence;
        var consistent = true;
        try
        {
            socket.Send(request.Finish(number));
            while (true)
            {
                var received = buffer.AsMemory(0, socket.Receive(buffer));
                if (Read(received, number, what, answer, ref consistent))
                {
                    return consistent;
                }
            }
        }
        catch (SocketException e)
        {
            throw new NetlinkException(e.SocketErrorCode == SocketError.TimedOut ? 110 : e.NativeErrorCode, what);
        }
    }

    /// <summary>True after the last message of the answer. Late answers to requests that were given up are passed over.</summary>
    private static bool Read(ReadOnlyMemory<byte> received, uint number, string what, Action<ReadOnlyMemory<byte>> answer, ref bool consistent)
    {
        while (received.Length >= NetlinkRequest.HeaderSize)
        {
            var header = received.Span;
            var size = Math.Clamp(BitConverter.ToInt32(header), NetlinkRequest.HeaderSize, received.Length);
            var (type, flags) = (BitConverter.ToUInt16(header[4..]), BitConverter.ToUInt16(header[6..]));
            var body = received[NetlinkRequest.HeaderSize..size];
            var ours = BitConverter.ToUInt32(header[8..]) == number;
            received = received[Math.Min((size + 3) & ~3, received.Length)..];
            if (!ours)
            {
                continue;
            }

            consistent &= (flags & FlagInterrupted) == 0;
            if (type is MessageError or MessageDone)
            {
                ThrowIfRefused(body, flags, what, type);
                return true;
            }

            answer(body.ToArray());
            if ((flags & FlagMulti) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static void ThrowIfRefused(ReadOnlyMemory<byte> body, ushort flags, string what, ushort type)
    {
        var error = body.Length >= 4 ? BitConverter.ToInt32(body.Span) : 0;
        if (error == 0)
        {
            return;
        }

        var texts = type == MessageError ? 4 + NetlinkRequest.HeaderSize : 4;
        var detail = (flags & FlagHasTexts) != 0 && body.Length > texts ? new NetlinkAttributes(body[texts..]).Text(1) : null;
        throw new NetlinkException(-error, what, detail);
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);
}
