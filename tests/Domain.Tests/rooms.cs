using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace NovaNetBus.Domain.Tests;

/// <summary>Who may call whom, and what is named in one room only (docs/architecture.md). Read from the project files and the sources.</summary>
public sealed class the_rooms
{
    private static readonly string[] Shared = ["Contracts", "Domain", "Ledger", "Hosting"];

    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Contracts"] = [],
        ["Domain"] = [],
        ["Ledger"] = ["Domain"],
        ["Hosting"] = ["Contracts", "Domain"],
        ["Scheduler"] = Shared,
        ["NetworkWorker"] = Shared,
        ["Cli"] = Shared,
        ["Simulator"] = [.. Shared, "NetworkWorker"],
    };

    public static TheoryData<string> Rooms => [.. Directory.EnumerateDirectories(Path.Combine(RepositoryFiles.Root, "src")).Select(folder => Path.GetFileName(folder)).Order()];

    [Theory, MemberData(nameof(Rooms))]
    public void a_room_references_only_those_that_it_may_call(string room)
    {
        Assert.True(MayReference.ContainsKey(room), $"src/{room} is a new room: say here whom it may call");

        Assert.Equal([], Named(Project(room), "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)).Except(MayReference[room]));
    }

    [Fact]
    public void contracts_and_domain_stand_alone()
    {
        Assert.Equal([], Packages("Contracts"));
        Assert.Equal(["Microsoft.CodeAnalysis.BannedApiAnalyzers"], Packages("Domain"));
        Assert.Equal("all", Project("Domain").Descendants("PackageReference").Single().Attribute("PrivateAssets")?.Value);
    }

    [Fact]
    public void the_purity_of_domain_is_watched_by_the_compiler()
    {
        Assert.Contains("BannedSymbols.txt", Named(Project("Domain"), "AdditionalFiles"));
        Assert.Equal([], Where("RS0030").Where(path => path.StartsWith("src/Domain/", StringComparison.Ordinal)));
    }

    [Fact]
    public void the_packages_of_store_and_bus_enter_by_one_room_each()
    {
        Assert.Equal(["Ledger"], RoomsWithPackage("Marten"));
        Assert.Equal(["Hosting"], RoomsWithPackage("MassTransit"));
    }

    [Fact]
    public void masstransit_stays_on_its_last_free_version()
    {
        var versions = XDocument.Parse(RepositoryFiles.Text("Directory.Packages.props")).Descendants("PackageVersion")
            .Where(package => package.Attribute("Include")!.Value.StartsWith("MassTransit", StringComparison.Ordinal))
            .Select(package => package.Attribute("Version")!.Value);

        Assert.Equal(["[8.5.12]"], versions.Distinct());
    }

    [Theory]
    [InlineData("the store", @"\b(Marten|JasperFx|Weasel)\.|^using (Marten|JasperFx|Weasel)\b", "^src/Ledger/")]
    [InlineData("the bus", @"\bMassTransit\.|^using MassTransit\b", "^src/(Hosting/Messaging|(Scheduler|NetworkWorker|Simulator|Cli)/(Intake|Routing|Admin))/")]
    [InlineData("Prometheus", @"\bPrometheus\.|^using Prometheus\b", "^src/Hosting/Telemetry/")]
    [InlineData("other processes", @"\bProcessStartInfo\b|\bProcess\.Start\b|\bnew Process\b", "^src/(NetworkWorker/Kernel|Simulator)/")]
    [InlineData("system calls", @"\b(DllImport|LibraryImport)\b|\bNativeLibrary\.", "^src/(NetworkWorker/Kernel|Simulator)/")]
    [InlineData("the kernel's network", @"libnftables|\bNETLINK_|\bAF_NETLINK\b|\bAfNetlink\b|""/proc/sys/net", "^src/NetworkWorker/Kernel/")]
    public void a_thing_is_named_only_where_it_lives(string thing, string pattern, string home)
    {
        var named = Where(pattern).ToList();

        Assert.Equal([], named.Where(path => !Regex.IsMatch(path, home)));
        Assert.True(named.Count > 0, $"{thing}: the pattern finds nothing, so this test watches nothing");
    }

    private static XDocument Project(string room) => XDocument.Parse(RepositoryFiles.Text($"src/{room}/{room}.csproj"));

    private static IEnumerable<string> Named(XDocument project, string item) =>
        project.Descendants(item).Select(element => element.Attribute("Include")!.Value);

    private static IEnumerable<string> Packages(string room) => Named(Project(room), "PackageReference").Concat(Named(Project(room), "FrameworkReference"));

    private static IEnumerable<string> RoomsWithPackage(string prefix) =>
        MayReference.Keys.Where(room => Packages(room).Any(package => package.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>The sources of src with a line, comments aside, that matches; as paths from the repository's root.</summary>
    private static IEnumerable<string> Where(string pattern) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(RepositoryFiles.Root, path))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Where(path => Lines(path).Any(line => Regex.IsMatch(line, pattern)))
            .Order();

    private static IEnumerable<string> Lines(string path) =>
        RepositoryFiles.Text(path).Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
