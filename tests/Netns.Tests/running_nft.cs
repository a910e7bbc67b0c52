using NovaNetBus.NetworkWorker.Kernel.Firewall;
using NovaNetBus.Netns.Tests.World;
using Xunit;

namespace NovaNetBus.Netns.Tests;

public sealed class running_nft : IDisposable
{
    private readonly NetworkNamespace place = new("nft");

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void library_and_program_do_and_say_the_same(bool inProcess) => place.Run(() =>
    {
        using var nft = new Nftables(inProcess);
        Assert.Null(nft.Query("list table bridge mine"));
        nft.Run("add table bridge mine\nadd set bridge mine ports { type ifname; }\nadd element bridge mine ports { \"tap1\" }");
        Assert.Contains("\"tap1\"", nft.Query("list table bridge mine")!.RootElement.GetRawText(), StringComparison.Ordinal);

        var refusal = Assert.Throws<NftablesException>(() => nft.Run("add element bridge mine ports { \"tap2\" }\ndelete element bridge mine ports { \"tap3\" }"));
        Assert.Contains("No such file or directory", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("tap2", nft.Query("list table bridge mine")!.RootElement.GetRawText(), StringComparison.Ordinal);
    });
}
