using System.Diagnostics;
using NovaNetBus.Domain.Tests;
using NovaNetBus.Simulator.Demo.Stories;
using Xunit;

namespace NovaNetBus.Programs.Tests.Simulator;

public sealed class stories_of_the_demo
{
    [Fact]
    public void each_model_has_one_for_each_deployment_and_no_two_are_the_same()
    {
        var stories = from model in StoryBook.Models from deployment in StoryBook.Deployments select StoryBook.Find(model, deployment).GetType();

        Assert.Equal(9, stories.Distinct().Count());
    }

    [Fact]
    public void the_script_offers_the_same_ones()
    {
        var script = RepositoryFiles.Text("scripts/demo.sh");

        Assert.Contains($"MODELS=({string.Join(' ', StoryBook.Models)}) DEPLOYMENTS=({string.Join(' ', StoryBook.Deployments)})", script, StringComparison.Ordinal);
        Assert.Contains($"MODEL={StoryBook.DefaultModel} DEPLOYMENT={StoryBook.DefaultDeployment} ", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--model", "bridged")]
    [InlineData("--model")]
    [InlineData("--deployment", "double")]
    [InlineData("--deployment")]
    [InlineData("--model", "flat", "--deployment", "")]
    [InlineData("flat")]
    public async Task the_script_ends_with_2_and_its_usage_for_what_it_does_not_know(params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo("bash", [Path.Combine(RepositoryFiles.Root, "scripts/demo.sh"), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, script.ExitCode);
        Assert.Contains("usage: demo.sh [--model flat|flatdhcp|vlan] [--deployment multi|single|all-in-one]", said, StringComparison.Ordinal);
    }
}
