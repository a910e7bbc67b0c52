using System.Text.Json;
using System.Text.Json.Serialization;

namespace NovaNetBus.Simulator.Worlds;

/// <summary>What was made and what runs, so that exactly that is taken away. Files are their owner's only, since they hold the connections.</summary>
internal sealed class StateDirectory(string path)
{
    public const string Default = "/run/novanet-simulator";
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string Path { get; } = path;

    public bool Exists => Directory.Exists(Path);

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes the folder when it is missing and gives its path. Others may pass through, to what is open to them.</summary>
    public string Folder(params string[] parts) =>
        Directory.CreateDirectory(File(parts), Owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute).FullName;

    /// <summary>A folder that others may also read.</summary>
    public string PublicFolder(params string[] parts)
    {
        Folder([.. parts[..^1]]);
        return Directory.CreateDirectory(
            File(parts), Owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute).FullName;
    }

    public void Write<T>(T value, params string[] parts)
    {
        var file = File(parts);
        Folder([.. parts[..^1]]);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var stream = new FileStream(file + ".new", options))
        {
            JsonSerializer.Serialize(stream, value, Json);
        }

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
