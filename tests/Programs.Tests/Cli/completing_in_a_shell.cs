using System.Diagnostics;
using NovaNetBus.Contracts;
using Xunit;

namespace NovaNetBus.Programs.Tests.Cli;

/// <summary>The scripts that <c>novanet completion</c> writes, in the shells that they are for, with a novanet beside them that knows some names.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class completing_in_a_shell : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("novanet-completion-");

    public completing_in_a_shell()
    {
        var program = Path.Combine(_folder.FullName, "novanet");
        File.WriteAllText(program, "#!/bin/sh\ncase \"$*\" in\n'complete networks --timeout 2') cat <<'END'\nprivate\npublic\ntwo words\n$(touch stolen)\nEND\n;;\n'complete hosts --timeout 2') echo compute-1;;\n*) exit 3;;\nesac\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, string> Lines => new()
    {
        { "novanet net", "network" },
        { "novanet ", "network fixed floating instance host project vpn events address state errors config completion" },
        { "novanet network ", "create list show modify delete" },
        { "novanet network s", "show" },
        { "novanet network create --fixed-range", "--fixed-range-v4 --fixed-range-v6" },
        { "novanet network create private --multi-host ", "true false" },
        { "novanet --timeout 5 network cr", "create" },
        { "novanet network list --out", "--output" },
        { "novanet network list --output j", "json" },
        { "novanet network list -o ", "table json" },
        { "novanet network show pri", "private" },
        { "novanet network show private p", "" },
        { "novanet fixed list --network pu", "public" },
        { "novanet host drain ", "compute-1" },
        { "novanet floating list --pool ", "" },
        { "novanet floating list --project ", "" },
        { "novanet errors retry --all --out", "--output" },
        { "novanet host render compute-1 --format ", "nft dnsmasq json" },
        { "novanet completion ", "bash zsh fish" },
    };

    [Theory, MemberData(nameof(Lines))]
    public async Task bash_offers_what_may_follow(string line, string offered) => Assert.Equal(Sorted(offered), await InBash(line.Split(' ')));

    [Theory]
    [InlineData(new[] { "novanet", "host", "list", "--output", "=" }, "json table")]
    [InlineData(new[] { "novanet", "host", "list", "--output", "=", "t" }, "table")]
    [InlineData(new[] { "novanet", "network", "create", "--multi_host", "=", "" }, "false true")]
    [InlineData(new[] { "novanet", "--output", "=", "json", "host", "sh" }, "show")]
    public async Task bash_takes_an_equals_sign_for_a_word(string[] words, string offered) => Assert.Equal(Sorted(offered), await InBash(words));

    [Fact]
    public async Task a_name_is_quoted_in_bash_and_never_run()
    {
        var offered = await InBash(["novanet", "network", "show", ""]);

        Assert.Equal(["\\$\\(touch\\ stolen\\)", "private", "public", "two\\ words"], offered);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "stolen")));
    }

    [Theory, MemberData(nameof(Lines))]
    public async Task fish_offers_what_may_follow(string line, string offered)
    {
        var script = await Script("fish");
        Assert.SkipUnless(Shell("fish") is not null, "fish is not installed");

        var (output, error) = await Run("fish", "--no-config", "-c", $"source {script}; complete -C '{line}'");

        Assert.Empty(error);
        // With a dash alone fish offers short options too; without one, none.
        Assert.Equal(Sorted(offered), Sorted(string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('\t')[0]))));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "stolen")));
    }

    [Theory, MemberData(nameof(Lines))]
    public async Task zsh_offers_what_may_follow(string line, string offered)
    {
        var script = await Script("zsh");
        Assert.SkipUnless(Shell("zsh") is not null, "zsh is not installed");

        // Completion's own builtins work in a line editor only: what they are given is written down instead.
        var (output, error) = await Run("zsh", "-f", "-c", $$"""
            compadd() { [[ $1 == -a ]] && set -- "${(@P)2}"; print -rl -- "$@" }
            _describe() { print -rl -- "${(@)${(@P)2}%%:*}" }
            compset() { PREFIX=${PREFIX#*=} }
            _files() { }
            source {{script}}
            words=({{string.Join(' ', line.Split(' ').Select(word => $"'{word}'"))}})
            CURRENT=$#words PREFIX=$words[-1]
            _novanet
            """);

        Assert.Empty(error);
        var last = line.Split(' ')[^1];
        Assert.Equal(Sorted(offered), Sorted(string.Join(' ', output.Split('\n').Where(each => each.Length > 0 && each.StartsWith(last, StringComparison.Ordinal)))));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "stolen")));
    }

    [Theory]
    [InlineData("networks", "private second"), InlineData("hosts", "compute-1"), InlineData("pools", "public")]
    public async Task the_scripts_ask_novanet_for_names(string kind, string names)
    {
        var typed = new Typed(request => Task.FromResult(Typed.Reply(
            request.Command == "network list" ? new[] { Rows.Network("second"), Rows.Network(), Rows.Network("second"), Rows.Network("not\none line") } : Rows.AnswerTo(request.Command))));

        Assert.Equal(0, await typed.Run("complete", kind, "--timeout", "2"));

        Assert.Equal(names.Split(' '), typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(TimeSpan.FromSeconds(2), typed.Waited);
    }

    private async Task<string[]> InBash(string[] words)
    {
        var quoted = string.Join(' ', words.Select(word => $"'{word}'"));
        var (output, error) = await Run(
            "bash", "--norc", "-c", $"source {await Script("bash")}; COMP_WORDS=({quoted}); COMP_CWORD={words.Length - 1}; _novanet novanet; printf '%s\\n' \"${{COMPREPLY[@]}}\"");

        Assert.Empty(error);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }

    private async Task<string> Script(string shell)
    {
        var typed = new Typed(new AdminReply(null));
        Assert.Equal(0, await typed.Run("completion", shell));
        var path = Path.Combine(_folder.FullName, "script." + shell);
        await File.WriteAllTextAsync(path, typed.Output, TestContext.Current.CancellationToken);
        return path;
    }

    private async Task<(string Output, string Error)> Run(string shell, params string[] arguments)
    {
        var start = new ProcessStartInfo(Shell(shell)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName };
        start.Environment["PATH"] = _folder.FullName + ":/usr/bin:/bin";
        start.Environment["HOME"] = _folder.FullName;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (output, await error);
    }

    private static string? Shell(string name) => new[] { "/usr/bin/" + name, "/bin/" + name }.FirstOrDefault(File.Exists);

    private static string[] Sorted(string words) => [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
