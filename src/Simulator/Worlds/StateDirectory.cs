using System.Text.Json;
using System.Text.Json.Serialization;

namespace NovaNetBus.Simulator.Worlds;

/// <summary>What was made and what runs, so that exactly that is taken away. Root only, since it holds the connections.</summary>
internal sealed class StateDirectory(string path)
{
    public const string Default = "/run/novanet-simulator";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string Path { get; } = path;

    public bool Exists => Directory.Exists(Path);

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes the folder when it is missing and gives its path.</summary>
    public string Folder(params string[] parts) =>
        Directory.CreateDirectory(File(parts), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    public void Write<T>(T value, params string[] parts)
    {
        var file = File(parts);
        Folder([.. parts[..^1]]);
        System.IO.File.WriteAllText(file + ".new", JsonSerializer.Serialize(value, Json));
        System.IO.File.Move(file + ".new", file, overwrite: true);
    }

    /// <returns>Null when there is no such file.</returns>
    public T? Read<T>(params string[] parts)
        where T : class =>
        System.IO.File.Exists(File(parts)) ? JsonSerializer.Deserialize<T>(System.IO.File.ReadAllText(File(parts)), Json) : null;

    public IEnumerable<string> FilesIn(params string[] parts) =>
        Directory.Exists(File(parts)) ? Directory.EnumerateFiles(File(parts)).Order(StringComparer.Ordinal) : [];

    public void Remove(params string[] parts)
    {
        if (Directory.Exists(File(parts)))
        {
            Directory.Delete(File(parts), recursive: true);
        }
        else if (System.IO.File.Exists(File(parts)))
        {
            System.IO.File.Delete(File(parts));
        }
    }
}
