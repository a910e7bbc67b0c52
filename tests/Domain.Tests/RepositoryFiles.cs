namespace NovaNetBus.Domain.Tests;

/// <summary>Files of the repository that tests look at: found upwards from where the tests run.</summary>
internal static class RepositoryFiles
{
    internal static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    internal static string Text(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "NovaNetBus.sln"))
            ? folder
            : FindRoot(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("These tests run inside a checkout of NovaNetBus."));
}
