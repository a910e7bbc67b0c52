namespace NovaNetBus.NetworkWorker.Host;

/// <summary>What a <see cref="Reconciler"/> was asked for, until it is done.</summary>
internal abstract record Pending
{
    /// <summary>A change, made up when its turn has come.</summary>
    public sealed record One(Func<HostChange> Change) : Pending
    {
        /// <summary>The steps that it took, as sentences.</summary>
        public TaskCompletionSource<IReadOnlyList<string>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HostChange? Made { get; set; }
    }

    /// <summary>The whole host.</summary>
    public sealed record All : Pending
    {
        public TaskCompletionSource<Reconciled> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
