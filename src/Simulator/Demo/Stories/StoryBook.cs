namespace NovaNetBus.Simulator.Demo.Stories;

/// <summary>Which story is told of a network model and a deployment.</summary>
internal static class StoryBook
{
    public const string DefaultModel = "flatdhcp", DefaultDeployment = "multi";

    public static IReadOnlyList<string> Models { get; } = ["flat", "flatdhcp", "vlan"];

    public static IReadOnlyList<string> Deployments { get; } = ["multi", "single", "all-in-one"];

    /// <param name="model">One of <see cref="Models"/>.</param>
    /// <param name="deployment">One of <see cref="Deployments"/>.</param>
    public static IStory Find(string model, string deployment) => (model, deployment) switch
    {
        ("flat", "multi") => new FlatMulti(),
        ("flat", "single") => new FlatSingle(),
        ("flat", "all-in-one") => new FlatAllInOne(),
        ("flatdhcp", "multi") => new FlatDhcpMulti(),
        ("flatdhcp", "single") => new FlatDhcpSingle(),
        ("flatdhcp", "all-in-one") => new FlatDhcpAllInOne(),
        ("vlan", "multi") => new VlanMulti(),
        ("vlan", "single") => new VlanSingle(),
        ("vlan", "all-in-one") => new VlanAllInOne(),
        _ => throw new SimulatorException($"There is no story of {model}, {deployment}."),
    };
}
