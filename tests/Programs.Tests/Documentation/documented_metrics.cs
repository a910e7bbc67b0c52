using System.Text.RegularExpressions;
using NovaNetBus.Domain.Tests;
using Xunit;

namespace NovaNetBus.Programs.Tests.Documentation;

/// <summary>docs/operations.md tells of every metric that there is in the sources, with its kind and its labels, and of no other.</summary>
public sealed partial class documented_metrics
{
    [Fact]
    public void are_those_of_the_programs()
    {
        var made = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "src"), "*Metrics.cs", SearchOption.AllDirectories)
            .Append(Path.Combine(RepositoryFiles.Root, "src/Hosting/Telemetry/QueueDepths.cs"))
            .SelectMany(file => Made().Matches(File.ReadAllText(file)))
            .Select(made => Told(made.Groups[2].Value, LabelsOf(made.Value), made.Groups[1].Value is "ObservableGauge" ? "gauge" : made.Groups[1].Value.ToLowerInvariant()));
        var told = Row().Matches(RepositoryFiles.Text("docs/operations.md")).Select(row => row.Value);

        Assert.Equal(told.Order(), made.Order());
    }

    /// <summary>A name that is made elsewhere would escape the test above.</summary>
    [Fact]
    public void are_made_where_this_test_looks()
    {
        var files = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && Name().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetFileName(file));

        Assert.Equal(["BusMetrics.cs", "LedgerMetrics.cs", "QueueDepths.cs", "SchedulerMetrics.cs", "WorkerMetrics.cs"], files.Order(StringComparer.Ordinal));
    }

    private static string Told(string name, string labels, string kind) => $"| `{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")}` | {kind} |";

    private static string LabelsOf(string made) => string.Join(',', Label().Matches(made).Select(label => label.Groups[1].Value));

    [GeneratedRegex("""Create(ObservableGauge|Counter|Histogram)(?:<\w+>)?\(\s*"(novanetbus_[a-z_]+)".*?\);""", RegexOptions.Singleline)]
    private static partial Regex Made();

    [GeneratedRegex("""\[new\("([a-z]+)", null\)\]""")]
    private static partial Regex Label();

    [GeneratedRegex("\"novanetbus_[a-z_]+\"")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\| `novanetbus_[a-z_]+(\{[a-z,]+\})?` \| \w+ \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
