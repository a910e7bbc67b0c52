using Serilog.Context;

namespace NovaNetBus.Hosting;

/// <summary>The ids that log lines speak of.</summary>
public static class LogScope
{
    /// <summary>Until disposed, each log line of this flow carries these; null leaves an outer one as it is.</summary>
    public static IDisposable Of(string? messageId, Guid? instanceId, string? host)
    {
        var scope = new Stack<IDisposable>();
        Push(scope, "MessageId", messageId);
        Push(scope, "InstanceId", instanceId);
        Push(scope, "Host", host);
        return new Scope(scope);
    }

    private static void Push(Stack<IDisposable> scope, string name, object? value)
    {
        if (value is not null)
        {
            scope.Push(LogContext.PushProperty(name, value));
        }
    }

    private sealed class Scope(Stack<IDisposable> parts) : IDisposable
    {
        public void Dispose()
        {
            while (parts.TryPop(out var part))
            {
                part.Dispose();
            }
        }
    }
}
