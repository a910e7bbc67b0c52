using System.Runtime.InteropServices;

namespace NovaNetBus.NetworkWorker.Kernel.Netlink;

/// <summary>The kernel refused a request, or could not be asked.</summary>
internal sealed class NetlinkException(int errno, string request, string? detail = null)
    : Exception($"{request}: {Name(errno)} ({Marshal.GetPInvokeErrorMessage(errno)}){(detail is null ? "" : ": " + detail)}")
{
    public const int NoEntry = 2;
    public const int NoSuchProcess = 3; // as the kernel says of a route that it has not
    public const int Exists = 17;
    public const int NoDevice = 19;
    public const int OutOfRange = 34;
    public const int NotSupported = 95;
    public const int AddressNotAvailable = 99;
    public const int NetworkUnreachable = 101;
    public const int HostUnreachable = 113;

    public int Errno { get; } = errno;

    private static string Name(int errno) => errno switch
    {
        1 => "EPERM",
        NoEntry => "ENOENT",
        NoSuchProcess => "ESRCH",
        13 => "EACCES",
        16 => "EBUSY",
        Exists => "EEXIST",
        NoDevice => "ENODEV",
        22 => "EINVAL",
        28 => "ENOSPC",
        OutOfRange => "ERANGE",
        40 => "ELOOP",
        NotSupported => "EOPNOTSUPP",
        97 => "EAFNOSUPPORT",
        98 => "EADDRINUSE",
        AddressNotAvailable => "EADDRNOTAVAIL",
        NetworkUnreachable => "ENETUNREACH",
        105 => "ENOBUFS",
        110 => "ETIMEDOUT",
        HostUnreachable => "EHOSTUNREACH",
        _ => $"errno {errno}",
    };
}
