using System.ComponentModel;
using System.Diagnostics;
using PlaywrightProgram = Microsoft.Playwright.Program;

namespace WebConcurrency.Browser.Tests.Running;

/// <summary>Finds a Chromium: the system's own; else installs one, with the system's package manager where that is allowed, else with Playwright.</summary>
internal static class BrowserProgram
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    private static readonly string[] Places = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

    /// <summary>A program's path, or <see langword="null"/> for the one that Playwright has installed for itself.</summary>
    /// <param name="why">Why there is none at all; <see langword="null"/> when there is one.</param>
    public static string? Find(out string? why)
    {
        why = null;
        if (OnPath(Folders) is { } found)
        {
            return found;
        }

        // With apt the libraries come along; Playwright's own browser wants them to be there.
        if (Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get")
            && Run("apt-get", "update", "-qq") && Run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium") && OnPath(Folders) is { } installed)
        {
            return installed;
        }

        if (PlaywrightProgram.Main(["install", "chromium"]) != 0)
        {
            why = "No Chromium or Chrome is on the PATH, and none could be installed. Install one: apt-get install chromium.";
        }

        return null;
    }

    private static string Folders => Environment.GetEnvironmentVariable("PATH") ?? "";

    /// <summary>The first that tells its version: a distribution's stub, which only says what to install, does not.</summary>
    public static string? OnPath(string folders) => folders.Split(Path.PathSeparator)
        .SelectMany(_ => Names, Path.Combine)
        .Concat(Places)
        .FirstOrDefault(program => File.Exists(program) && Starts(program));

    private static bool Starts(string program)
    {
        // What it says of itself is nothing for the tests' output.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "\"$0\" --version > /dev/null 2>&1", program]);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments);
            start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
