using System.Security.Cryptography;
using System.Text;

namespace NovaNetBus.Cli.Log;

/// <summary>
/// Links the lines of an export: each line's hash is the SHA-256, in lower-case hexadecimal, of the hash before it, a line feed, and the line as it is without its own hash.
/// The first link has <see cref="Start"/> before it. Who changes, takes out or puts in a line must make all hashes after it anew, and the last one is told when the export is made.
/// </summary>
internal sealed class ExportChain
{
    /// <summary>The hash before the first line.</summary>
    public static string Start { get; } = new('0', 64);

    /// <summary>The hash of the last line; <see cref="Start"/> before the first.</summary>
    public string Last { get; private set; } = Start;

    /// <summary>The hash of the next line.</summary>
    /// <param name="line">Without its hash and without its line end.</param>
    public string Next(string line) => Last = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Last}\n{line}")));

    /// <summary>Goes on from a hash as it was found, so that one broken link is told once.</summary>
    public void GoOnFrom(string hash) => Last = hash;
}
