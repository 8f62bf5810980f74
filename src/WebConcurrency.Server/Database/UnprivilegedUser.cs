using System.Diagnostics;
using System.Runtime.Versioning;

namespace WebConcurrency.Server.Database;

/// <summary>PostgreSQL refuses to run as root; then it runs as somebody else.</summary>
internal static class UnprivilegedUser
{
    private static readonly string[] Names = ["postgres", "nobody"];

    /// <returns>Whom to run PostgreSQL as; <see langword="null"/>: as this process.</returns>
    /// <exception cref="StartException">This is root, and there is nobody else.</exception>
    [UnsupportedOSPlatform("windows")]
    public static string? Name()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet();
        return Names.FirstOrDefault(known.Contains)
            ?? throw new StartException($"PostgreSQL refuses to run as root, and this system has none of the users {string.Join(", ", Names)}.");
    }

    /// <summary>Makes a directory that is new or empty the user's own; one with something in it is left as it is.</summary>
    [UnsupportedOSPlatform("windows")]
    public static async Task GiveAsync(string? user, string directory, CancellationToken cancellationToken)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            return;
        }

        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (user is null)
        {
            return;
        }

        using var chown = Process.Start(new ProcessStartInfo("chown", [user, "--", directory]) { RedirectStandardError = true })!;
        await chown.WaitForExitAsync(cancellationToken);
        if (chown.ExitCode != 0)
        {
            throw new StartException(
                $"The data directory '{directory}' could not be given to the user '{user}'. {await chown.StandardError.ReadToEndAsync(cancellationToken)}");
        }
    }
}
