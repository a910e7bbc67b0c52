using System.Runtime.InteropServices;
using System.Text.Json;

namespace NovaNetBus.NetworkWorker.Kernel.Firewall;

/// <summary>nft refused a transaction: nothing of it was done.</summary>
internal sealed class NftablesException(string message) : Exception(message);

/// <summary>
/// nftables by its own library, in process (0.3 ms for what a started <c>nft</c> takes 7 to 17 ms for), in the network namespace in which
/// this was made. Where the library is missing (or not to be used), by the program. One transaction at a time in a process.
/// </summary>
internal sealed partial class Nftables : IDisposable
{
    private const string Library = "libnftables.so.1";
    private const uint Stateless = 1 << 2, Json = 1 << 4;
    private static readonly TimeSpan ProcessLimit = TimeSpan.FromSeconds(30);

    private static readonly Lock oneAtATime = new(); // for all contexts: the library has state beside them
    private nint context;

    public Nftables(bool inProcess = true)
    {
        if (!inProcess || !NativeLibrary.TryLoad(Library, out _))
        {
            return; // context 0: the program is used
        }

        context = NewContext(0);
        if (context == 0 || BufferOutput(context) != 0 || BufferErrors(context) != 0)
        {
            throw new NftablesException("libnftables gives no context");
        }
    }

    /// <summary>One transaction in nft's own language: done as a whole or not at all. Throws with nft's own words.</summary>
    public void Run(string commands)
    {
        lock (oneAtATime)
        {
            if (context != 0)
            {
                RunInProcess(commands, 0);
            }
            else
            {
                ByProgram(["-f", "-"], commands);
            }
        }
    }

    /// <summary>The answer to a list command as JSON, without counters; null when what it asks for is not there.</summary>
    public JsonDocument? Query(string command)
    {
        lock (oneAtATime)
        {
            try
            {
                return JsonDocument.Parse(context != 0 ? RunInProcess(command, Json | Stateless) : ByProgram(["-j", "-s", command]));
            }
            catch (NftablesException e) when (e.Message.Contains("No such file or directory", StringComparison.Ordinal))
            {
                return null;
            }
        }
    }

    public void Dispose()
    {
        lock (oneAtATime)
        {
            if (context != 0)
            {
                FreeContext(context);
                context = 0;
            }
        }
    }

    private string RunInProcess(string commands, uint flags)
    {
        SetFlags(context, flags);
        var status = RunBuffer(context, commands);
        var output = Marshal.PtrToStringUTF8(OutputOf(context)) ?? "";
        var errors = Marshal.PtrToStringUTF8(ErrorsOf(context)) ?? "";
        return status == 0 ? output : throw new NftablesException($"nft: {errors.Trim()}");
    }

    private static string ByProgram(string[] arguments, string? commands = null)
    {
        var result = Commands.Run("nft", arguments, ProcessLimit, commands);
        return result.ExitCode == 0 ? result.Output : throw new NftablesException($"nft: {result.Errors.Trim()}");
    }

    [LibraryImport(Library, EntryPoint = "nft_ctx_new")]
    private static partial nint NewContext(uint flags);

    [LibraryImport(Library, EntryPoint = "nft_ctx_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_output")]
    private static partial int BufferOutput(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_buffer_error")]
    private static partial int BufferErrors(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_output_set_flags")]
    private static partial void SetFlags(nint context, uint flags);

    [LibraryImport(Library, EntryPoint = "nft_run_cmd_from_buffer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RunBuffer(nint context, string commands);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_output_buffer")]
    private static partial nint OutputOf(nint context);

    [LibraryImport(Library, EntryPoint = "nft_ctx_get_error_buffer")]
    private static partial nint ErrorsOf(nint context);
}
