using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NovaNetBus.NetworkWorker.Kernel;

namespace NovaNetBus.Netns.Tests.World;

/// <summary>
/// A network namespace with a thread of its own in it: what runs by <see cref="Run{T}"/> sees only that network, and so do the processes that it
/// starts. Ends all that runs in it when it goes.
/// </summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const string Prefix = "nnk";
    private const int OpenReadOnly = 0x80000, NetworkKind = 0x40000000, Kill = 9;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static int count;

    /// <summary>Also what a test run that was killed, or a test that failed half-way, left behind goes.</summary>
    static NetworkNamespace()
    {
        RemoveWhere(owner => !Directory.Exists($"/proc/{owner}"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveWhere(owner => owner == Environment.ProcessId);
    }

    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;

    public NetworkNamespace(string purpose)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new InvalidOperationException("These tests make network namespaces: run them as root.");
        }

        Name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref count)}-{purpose}");
        Commands.RunOrThrow("ip", ["netns", "add", Name], Limit);
        thread = new Thread(Work) { IsBackground = true, Name = Name };
        thread.Start();
        Ip("link set lo up");
    }

    public string Name { get; }

    public T Run<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    public void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    /// <summary>Runs a program to its end; its output. Throws when it fails.</summary>
    public string Execute(string program, params string[] arguments)
    {
        var result = Run(() => Commands.Run(program, arguments, Limit));
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {result.Errors}");
    }

    /// <summary>The <c>ip</c> of iproute2, arguments by blanks.</summary>
    public string Ip(string arguments) => Execute("ip", arguments.Split(' '));

    public void Dispose()
    {
        work.CompleteAdding();
        thread.Join();
        Remove(Name);
    }

    private static void RemoveWhere(Func<int, bool> isGone)
    {
        foreach (var name in Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns").Select(file => Path.GetFileName(file)!) : [])
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(name[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture, out var owner) && isGone(owner))
            {
                Remove(name);
            }
        }
    }

    /// <summary>Ends what runs in it, by process id, then the namespace.</summary>
    private static void Remove(string name)
    {
        foreach (var pid in Commands.Run("ip", ["netns", "pids", name], Limit).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _ = SendSignal(int.Parse(pid, CultureInfo.InvariantCulture), Kill);
        }

        Commands.RunOrThrow("ip", ["netns", "delete", name], Limit);
    }

    private void Work()
    {
        Exception? failure = null;
        try
        {
            using var handle = new SafeFileHandle(Open($"/run/netns/{Name}", OpenReadOnly), ownsHandle: true);
            if (handle.IsInvalid || EnterNamespace((int)handle.DangerousGetHandle(), NetworkKind) != 0)
            {
                throw new InvalidOperationException($"cannot enter {Name}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        foreach (var item in work.GetConsumingEnumerable())
        {
            if (failure is not null)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            item();
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int EnterNamespace(int handle, int kind);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
