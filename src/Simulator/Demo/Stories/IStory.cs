namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>One deployment of one network model, told in steps.</summary>
internal interface IStory
{
    /// <summary>Its hosts, and the options of their programs.</summary>
    Staging Staging { get; }

    /// <summary>What it shows, in order, once the programs run.</summary>
    /// <param name="stages">One for each region: one, or with <see cref="Staging.EachHostAlone"/> one for each host.</param>
    /// <param name="ct">Ends it.</param>
    IEnumerable<(string Name, Func<Task<Proof>> Step)> Steps(IReadOnlyList<Stage> stages, CancellationToken ct);
}
