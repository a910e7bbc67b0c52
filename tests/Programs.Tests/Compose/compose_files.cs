using System.Reflection;
using System.Text.RegularExpressions;
using NovaNetBus.Domain.Addressing;
using NovaNetBus.Domain.Tests;
using NovaNetBus.Hosting.Options;
using NovaNetBus.Programs.Tests.Cli;
using NovaNetBus.Simulator.Commands;
using NovaNetBus.Simulator.Worlds;
using Xunit;

namespace NovaNetBus.Programs.Tests.Compose;

/// <summary>Where no engine runs, what compose/ says is held against what the programs accept.</summary>
public sealed partial class compose_files
{
    private static readonly ComposeProject Project = ComposeProject.Read("compose.yaml");
    private static readonly string[] Workers = ["worker-a", "worker-b"];

    public static TheoryData<string> Files => [.. ComposeProject.Files];

    [Theory, MemberData(nameof(Files))]
    public void every_variable_is_in_env(string file) =>
        Assert.Equal([], ComposeProject.NamedIn(ComposeProject.TextOf(file)).Except(ComposeProject.Variables.Keys));

    [Fact]
    public void every_line_of_env_is_used() =>
        Assert.Equal([], ComposeProject.Variables.Keys.Except(ComposeProject.Files.SelectMany(file => ComposeProject.NamedIn(ComposeProject.TextOf(file)))));

    [Theory, MemberData(nameof(Files))]
    public void every_option_of_a_program_exists_and_takes_its_value(string file)
    {
        var project = ComposeProject.Read(file);
        foreach (var service in project.Services.Keys)
        {
            var options = project.EnvironmentOf(service).Where(pair => pair.Key.StartsWith("NOVANET_", StringComparison.Ordinal)).ToDictionary();
            foreach (var variable in options.Keys)
            {
                var name = variable["NOVANET_".Length..];
                Assert.True(name == name.ToUpperInvariant() && OptionTable.Find(name.ToLowerInvariant()) is not null, $"{file}, {service}: {variable} is no option");
            }

            Assert.Equal([], OptionReader.Read(new OptionSources([], options, "127.0.0.1:0", [])).Faults);
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void an_overlay_changes_only_services_that_are_there(string file) =>
        Assert.Equal([], ComposeProject.Read(file).Services.Keys.Except(Project.Services.Keys));

    [Fact]
    public void every_network_volume_and_dependency_is_declared()
    {
        foreach (var name in Project.Services.Keys)
        {
            var service = Project.Service(name);
            var volumes = ComposeProject.Names(service.GetValueOrDefault("volumes")).Select(volume => volume.Split(':')[0]).Where(volume => volume[0] != '.');
            Assert.Equal([], volumes.Except(Project.TopLevel("volumes")));
            Assert.Equal([], ComposeProject.Names(service.GetValueOrDefault("networks")).Except(Project.TopLevel("networks")));
            foreach (var (needed, how) in ComposeProject.Map(service.GetValueOrDefault("depends_on")))
            {
                var condition = (string)ComposeProject.Map(how)["condition"];
                Assert.Contains(needed, Project.Services.Keys);
                Assert.True(
                    condition == "service_completed_successfully" || (condition == "service_healthy" && Project.Service(needed).ContainsKey("healthcheck")),
                    $"{name} waits for {needed} to be {condition}, which it never tells");
            }
        }
    }

    [Fact]
    public void every_file_that_is_mounted_or_copied_is_there_and_scripts_can_be_run()
    {
        var mounted = Project.Services.Keys
            .SelectMany(name => ComposeProject.Names(Project.Service(name).GetValueOrDefault("volumes")))
            .Where(volume => volume[0] == '.').Select(volume => Path.Combine("compose", volume.Split(':')[0]));
        var copied = Copy().Matches(ComposeProject.TextOf("Dockerfile")).Select(match => match.Groups[1].Value).Where(path => path != ".");
        var files = mounted.Concat(copied).ToList();

        Assert.True(files.Count >= 4);
        Assert.All(files, path =>
        {
            var full = Path.Combine(RepositoryFiles.Root, path);
            Assert.True(File.Exists(full), $"{path} is missing");
            Assert.True(!path.EndsWith(".sh", StringComparison.Ordinal) || (new FileInfo(full).UnixFileMode & UnixFileMode.UserExecute) != 0, $"{path} cannot be run");
        });
    }

    [Fact]
    public void every_image_of_ours_is_a_stage_whose_program_is_published()
    {
        var docker = ComposeProject.TextOf("Dockerfile");
        var stages = Stage().Matches(docker).Select(match => match.Groups[1].Value).ToList();
        var targets = Project.Services.Keys.Select(name => ComposeProject.Map(Project.Service(name).GetValueOrDefault("build")).GetValueOrDefault("target")).OfType<string>();
        Assert.Equal([], targets.Distinct().Except(stages));

        string[] published = ["novanet-scheduler", "novanet-worker", "novanet-simulator", "novanet"];
        var named = ProgramName().Matches(docker + ComposeProject.TextOf("worker.sh") + ComposeProject.TextOf("simulator.sh") + ComposeProject.TextOf("compose.yaml"));
        Assert.Equal([], named.Select(match => match.Value).Distinct().Except(published));
        Assert.All(published, program => Assert.Contains(program, RepositoryFiles.Text("scripts/build.sh"), StringComparison.Ordinal));
    }

    [Fact]
    public void the_images_hold_the_packages_that_the_demo_installs_for_the_same_programs()
    {
        var demo = Packages(RepositoryFiles.Text("scripts/demo.sh"), "need_packages ");
        var images = Packages(ComposeProject.TextOf("Dockerfile"), "--no-install-recommends ");

        Assert.Contains("dnsmasq-base", demo);
        string[] ofTheDemoAlone = ["iptables", "tcpdump", "user-mode-linux"];
        Assert.Equal([], demo.Except(images).Except(ofTheDemoAlone));
    }

    [Fact]
    public async Task the_commands_that_are_told_are_commands_of_the_programs()
    {
        var told = Told().Matches(ComposeProject.TextOf("compose.yaml") + ComposeProject.TextOf("simulator.sh"));
        Assert.Equal(["novanet", "novanet-simulator"], told.Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));
        foreach (var words in told.Select(match => match.Groups[2].Value.Trim().Split(' ')))
        {
            if (words[0] == "vm")
            {
                Assert.Empty(VmCommands.Create().Parse(words[1..]).Errors);
            }
            else
            {
                Assert.Equal(0, await Typed.Answered(Array.Empty<string>()).Run(words));
            }
        }
    }

    [Fact]
    public void health_is_asked_where_the_programs_answer()
    {
        foreach (var (service, program) in new[] { ("scheduler", "src/Scheduler/Program.cs"), ("worker-a", "src/NetworkWorker/Program.cs"), ("worker-b", "src/NetworkWorker/Program.cs") })
        {
            var asked = new Uri(ComposeProject.Names(ComposeProject.Map(Project.Service(service)["healthcheck"])["test"])[^1]);
            Assert.Contains($"\"{asked.Authority}\"", RepositoryFiles.Text(program), StringComparison.Ordinal);
            Assert.Contains($"\"{asked.AbsolutePath}\"", RepositoryFiles.Text("src/Hosting/NovaNetProgram.cs"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void the_workers_are_the_hosts_that_broker_and_simulator_know()
    {
        var hosts = Workers.Select(worker => Project.EnvironmentOf(worker)["NOVANET_HOST"]).ToList();

        Assert.Equal(hosts, ComposeProject.Names(Project.Service("broker-users")["entrypoint"]).Skip(2));
        Assert.Equal(hosts, Project.EnvironmentOf("simulator")["HOSTS"].Split(' '));
        Assert.Equal(hosts, WorldLayout.Pair.Hosts);
        Assert.Equal("nn-", WorldPlan.Prefix);
        Assert.Contains("\"nn-$host\"", ComposeProject.TextOf("simulator.sh"), StringComparison.Ordinal);
    }

    [Fact]
    public void a_worker_finds_its_nics_by_the_addresses_that_its_networks_give_it()
    {
        foreach (var worker in Workers)
        {
            var (given, told) = (ComposeProject.Map(Project.Service(worker)["networks"]), Project.EnvironmentOf(worker));
            Assert.Equal(told["PUBLIC_ADDRESS"], ComposeProject.Map(given["public"])["ipv4_address"]);
            Assert.Equal(told["TRUNK_ADDRESS"], ComposeProject.Map(given["trunk"])["ipv4_address"]);
            Assert.True(RangeOf("public", "subnet").Contains(Ipv4.Parse(told["PUBLIC_ADDRESS"])));
            Assert.True(RangeOf("trunk", "subnet").Contains(Ipv4.Parse(told["TRUNK_ADDRESS"])));
            Assert.Equal(told["PUBLIC_GATEWAY"], IpamOf("public")["gateway"]);
        }

        Assert.All(Option().Matches(ComposeProject.TextOf("worker.sh")), option => Assert.NotNull(OptionTable.Find(option.Groups[1].Value)));
    }

    [Fact]
    public void floating_addresses_are_of_the_public_network_and_nobody_elses()
    {
        var floating = Cidr.Parse(ComposeProject.Variables["FLOATING_RANGE"]);

        Assert.True(RangeOf("public", "subnet").Contains(floating));
        Assert.False(RangeOf("public", "ip_range").Overlaps(floating));
        Assert.All(Workers, worker => Assert.False(floating.Contains(Ipv4.Parse(Project.EnvironmentOf(worker)["PUBLIC_ADDRESS"]))));
    }

    [Fact]
    public void every_user_is_made_with_the_password_that_its_program_has()
    {
        var (users, roles) = (ComposeProject.TextOf("broker/users.sh"), ComposeProject.TextOf("database/roles.sh"));
        var (broker, database) = (Project.EnvironmentOf("broker-users"), Project.EnvironmentOf("database"));
        foreach (var service in (string[])["scheduler", "operator", "simulator", .. Workers])
        {
            var environment = Project.EnvironmentOf(service);
            var uri = new Uri(environment["ConnectionStrings__RabbitMq"]);
            var (user, password) = (uri.UserInfo.Split(':')[0], uri.UserInfo.Split(':')[1]);
            Assert.Equal(("broker", 5672), (uri.Host, uri.Port));
            var kind = user.StartsWith("worker-", StringComparison.Ordinal) ? "worker" : user;
            Assert.Equal(broker[$"BROKER_{kind.ToUpperInvariant()}_PASSWORD"], password);
            Assert.Matches($@"user ""?{(kind == "worker" ? @"worker-\$host" : kind)}""? ""\$BROKER_{kind.ToUpperInvariant()}_PASSWORD""", users);
            if (environment.TryGetValue("ConnectionStrings__Postgres", out var store))
            {
                var words = new Npgsql.NpgsqlConnectionStringBuilder(store);
                Assert.Equal(database[$"DATABASE_{words.Username!.ToUpperInvariant()}_PASSWORD"], words.Password);
                Assert.Contains($"create role {words.Username} login", roles, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void nothing_is_open_beyond_the_machine_and_only_the_simulator_is_privileged()
    {
        var open = Project.Services.Keys.SelectMany(name => ComposeProject.Names(Project.Service(name).GetValueOrDefault("ports"))).ToList();

        Assert.NotEmpty(open);
        Assert.All(open, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        Assert.Equal(["simulator"], Project.Services.Keys.Where(name => Project.Service(name).ContainsKey("privileged")));
        Assert.Equal("true", ComposeProject.Map(Project.Section("networks")["control"])["internal"]);
        Assert.All(Workers, worker => Assert.Equal(["ALL"], ComposeProject.Names(Project.Service(worker)["cap_drop"])));
    }

    [Fact]
    public void the_workers_files_are_kept_where_they_are()
    {
        var statePath = typeof(NovaNetOptions).GetProperty(nameof(NovaNetOptions.StatePath))!.GetCustomAttribute<OptionAttribute>()!.Default;

        Assert.All(Workers, worker => Assert.EndsWith(":" + statePath, ComposeProject.Names(Project.Service(worker)["volumes"]).Single(), StringComparison.Ordinal));
    }

    private static IReadOnlyDictionary<string, object> IpamOf(string network)
    {
        var ipam = ComposeProject.Map(ComposeProject.Map(Project.Section("networks")[network])["ipam"]);
        return ComposeProject.Map(((List<object>)ipam["config"]).Single());
    }

    private static Cidr RangeOf(string network, string part) => Cidr.Parse((string)IpamOf(network)[part]);

    private static IReadOnlyList<string> Packages(string text, string after) =>
        [.. text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').SelectMany(line => line.Split("&&"))
            .Where(part => part.Contains(after, StringComparison.Ordinal))
            .SelectMany(part => part[(part.IndexOf(after, StringComparison.Ordinal) + after.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [GeneratedRegex(@"^COPY (?!--)(\S+) ", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"^FROM \S+ AS (\S+)", RegexOptions.Multiline)]
    private static partial Regex Stage();

    [GeneratedRegex(@"\bnovanet(-[a-z]+)?\b(?=[""\s])")]
    private static partial Regex ProgramName();

    [GeneratedRegex(@"exec \w+ (novanet(?:-simulator)?) (.*)")]
    private static partial Regex Told();

    [GeneratedRegex(@"--([a-z][a-z-]+) ""\$")]
    private static partial Regex Option();
}
