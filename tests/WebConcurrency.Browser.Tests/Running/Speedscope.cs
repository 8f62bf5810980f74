using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Playwright;

namespace WebConcurrency.Browser.Tests.Running;

/// <summary>The speedscope viewer, from npm by its lock file, served to the browser from the disk.</summary>
internal static class Speedscope
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "speedscope");
    private static readonly string Release = Path.Combine(Folder, "node_modules", "speedscope", "dist", "release");

    /// <summary>Fetches it once.</summary>
    /// <returns>Why it is not there; <see langword="null"/> when it is.</returns>
    public static string? Missing()
    {
        if (Directory.Exists(Release))
        {
            return null;
        }

        try
        {
            var start = new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = Folder };
            using var npm = Process.Start(start)!;
            npm.WaitForExit();
            return npm.ExitCode == 0 ? null : $"npm ci in {Folder} ended with {npm.ExitCode}.";
        }
        catch (Win32Exception)
        {
            return "npm is not on the PATH; speedscope comes from npm.";
        }
    }

    /// <summary>Answers a page's requests below an address with the viewer's files.</summary>
    public static Task ServeAsync(IPage page, string address) => page.RouteAsync($"{address}/**", route =>
    {
        var file = Path.Combine(Release, new Uri(route.Request.Url).AbsolutePath.Trim('/'));
        return File.Exists(file) ? route.FulfillAsync(new RouteFulfillOptions { Path = file }) : route.FulfillAsync(new RouteFulfillOptions { Status = 404 });
    });
}
