using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace WebConcurrency.Lab.Servers;

/// <summary>A server that the Lab starts as a process of its own, on a free port of this machine and with a database of its own, and ends.</summary>
internal sealed partial class OwnedServer : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int LinesKept = 10;

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    /// <summary>Sections of the server's settings: what the caller's environment says of its own server is not for this one.</summary>
    private static readonly string[] Sections =
        ["ConnectionStrings", "Postgres", "Strategies", "Admission", "Gil", "Concurrency", "Log", "Serilog", "Lab", "Kestrel", "ASPNETCORE", "URLS", "HTTP_PORTS", "OTEL"];

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private OwnedServer(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadLogAsync(), ReadErrorsAsync());
    }

    public Uri Address { get; private set; } = null!;

    public int Id => _process.Id;

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="settings">Its settings, besides the address and that it is open for the Lab.</param>
    /// <param name="cancellationToken">Ends it again.</param>
    /// <param name="program">Its program; by default the one that was built with the Lab.</param>
    /// <exception cref="ServerException">It did not start.</exception>
    public static async Task<OwnedServer> StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken, string? program = null)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program ?? ServerProgram.Find()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Concurrency__Open"] = "true";
        start.Environment["Lab__Enabled"] = "true";
        start.Environment["Log__Format"] = "json";
        start.Environment["Admission__Notice"] = "00:00:00";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new ServerException($"'{start.FileName}' could not be started: {exception.Message}", exception);
        }

        var server = new OwnedServer(process);
        try
        {
            server.Address = await server.AddressAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows() || Kill(_process.Id, Terminate) != 0)
            {
                KillAll();
            }

            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                KillAll();
            }
        }

        _process.Dispose();
    }

    internal static bool IsSetting(string name) => Array.Exists(Sections, section =>
        name.StartsWith(section, StringComparison.OrdinalIgnoreCase)
        && (name.Length == section.Length || name[section.Length..].StartsWith('_') || name[section.Length..].StartsWith(':')));

    /// <summary>The address in a line of the server's log, if it is the one that tells it.</summary>
    internal static Uri? AddressIn(string line)
    {
        if (!line.Contains("Now listening on", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(line).RootElement.TryGetProperty("address", out var address) && Uri.TryCreate(address.GetString(), UriKind.Absolute, out var uri)
                ? uri
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private async Task<Uri> AddressAsync(CancellationToken cancellationToken)
    {
        var ended = _process.WaitForExitAsync(cancellationToken);
        try
        {
            if (await Task.WhenAny(_address.Task, ended).WaitAsync(StartLimit, cancellationToken) == _address.Task)
            {
                return await _address.Task;
            }
        }
        catch (TimeoutException)
        {
            throw new ServerException($"The server did not listen within {StartLimit.TotalSeconds} s. It said: {Said()}");
        }

        await ended;
        await _reading;
        throw new ServerException($"The server did not start; its exit code is {_process.ExitCode}. It said: {Said()}");
    }

    private async Task ReadLogAsync()
    {
        // To its end, also when nobody needs it any more: a full pipe would hold the server up.
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (_address.Task.IsCompleted)
            {
                continue;
            }

            Keep(line);
            if (AddressIn(line) is { } address)
            {
                _address.TrySetResult(address);
            }
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            Keep(line);
        }
    }

    private void Keep(string line)
    {
        _said.Enqueue(line);
        if (_said.Count > LinesKept)
        {
            _said.TryDequeue(out _);
        }
    }

    private string Said() => _said.IsEmpty ? "nothing" : string.Join(Environment.NewLine, _said);

    private void KillAll()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }
    }

    /// <summary>kill(2).</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
