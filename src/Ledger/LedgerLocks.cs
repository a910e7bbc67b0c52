namespace NovaNetBus.Ledger;

/// <summary>PostgreSQL's advisory locks that we take. Their numbers are the same in all programs of one installation, of any version.</summary>
internal static class LedgerLocks
{
    /// <summary>Held (by session) while the schema is made: programs that start at once make it one after the other.</summary>
    public const long Schema = 0x6e6f7661_0001;

    /// <summary>
    /// Held (by transaction) shared by each commit about instances, exclusively by whoever creates or deletes a network. So a decision about an
    /// instance sees exactly the networks that exist when it commits, and of two overlapping networks one loses.
    /// </summary>
    public const long Networks = 0x6e6f7661_0002;

    /// <summary>
    /// Held (by transaction) by each commit that gives a project a floating IP of its quota, from before it counts: two that count at once would both find
    /// the last one free.
    /// </summary>
    public const long FloatingQuota = 0x6e6f7661_0004;

    /// <summary>Held (by session) by the one program that does what must run once in the whole installation: see <see cref="Leadership"/>.</summary>
    public const long Leader = 0x6e6f7661_0003;

    /// <summary>
    /// Held (by transaction) by a commit that gives a network to a project on its first use, so that those who do take turns and do not race for the same network
    /// again and again. What keeps a network from having two owners is its stream's version.
    /// </summary>
    public const long FirstUse = 0x6e6f7661_0004;

    /// <summary>Held (by transaction) by whoever has messages of the error queues in hand: nobody else sees them meanwhile, so it must not look.</summary>
    public const long FailedMessages = 0x6e6f7661_0006;

    /// <summary>The first of two numbers, the second of which is a project's: held (by transaction) by a commit that gives fixed IPs to a project with a quota.</summary>
    public const int Quota = 0x6e6f7661;
}
