using System.Diagnostics;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;

namespace WebConcurrency.Tests.Package;

/// <summary>
/// The library packed, and <c>tests/samples/PlainApi</c> built against that package in a folder of its own, where nothing of this checkout is in reach: no
/// project, no settings, no cache of packages.
/// </summary>
public sealed class SampleApplication : IAsyncLifetime
{
    private const string Version = "0.0.1-sample";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plain-api-");
    private Process? _process;

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromMinutes(1) };

    public async ValueTask InitializeAsync()
    {
        var root = Path.GetFullPath(Metadata("Root"));
        var feed = Directory.CreateDirectory(Path.Combine(_folder.FullName, "feed")).FullName;
        var application = Directory.CreateDirectory(Path.Combine(_folder.FullName, "PlainApi")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "tests/samples/PlainApi")))
        {
            File.Copy(file, Path.Combine(application, Path.GetFileName(file)));
        }

        // What was built for these tests is what is packed.
        await RunAsync(root, "pack", "src/WebConcurrency", "--no-build", "-c", Metadata("Configuration"), "-o", feed, $"-p:PackageVersion={Version}");
        await RunAsync(application, "build", "-c", "Release", $"-p:RestoreSources={feed}", $"-p:WebConcurrencyVersion={Version}", "-o", "out");
        _process = Start(application, Path.Combine(application, "out", "PlainApi.dll"), "--urls", "http://127.0.0.1:0");
        Client.BaseAddress = new Uri(await AddressAsync(_process.StandardOutput));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    public Task<JsonElement> JsonAsync(string path) => Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    /// <summary>The newest record of a route.</summary>
    public async Task<JsonElement> RecordAsync(string route)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var records = await JsonAsync("/concurrency/requests?last=20");
            if (records.EnumerateArray().FirstOrDefault(record => record.GetProperty("route").GetString() == route) is { ValueKind: JsonValueKind.Object } found)
            {
                return found;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"No record of {route} came.");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }

    private async Task RunAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await Task.WhenAll(process.WaitForExitAsync(), output, errors).WaitAsync(Limit);
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {await output}{await errors}");
    }

    private Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "packages");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        return Process.Start(start)!;
    }

    private static async Task<string> AddressAsync(StreamReader output)
    {
        const string Listening = "Now listening on: ";
        while (await output.ReadLineAsync().WaitAsync(Limit) is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                // Nobody reads what comes after it, and there is little.
                return line[(at + Listening.Length)..];
            }
        }

        throw new InvalidOperationException("The sample ended before it listened.");
    }

    private static string Metadata(string key) =>
        typeof(SampleApplication).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
