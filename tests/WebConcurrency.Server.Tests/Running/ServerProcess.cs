using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Threading.Channels;

namespace WebConcurrency.Server.Tests.Running;

/// <summary>The server as its users run it: a process of its own, whose log lines can be read.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ServerProcess(Process process, bool readsLog)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        if (readsLog)
        {
            ReadLog();
        }
    }

    public static string Program { get; } = Path.GetFullPath(
        typeof(ServerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ServerProgram").Value!);

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromMinutes(1) };

    public int Id => _process.Id;

    /// <summary>Starts a server on a free port and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(params (string Name, string Value)[] environment)
    {
        var server = Launch(readsLog: true, environment);
        await server.UntilListeningAsync();
        return server;
    }

    /// <summary>Waits until it listens.</summary>
    public async Task UntilListeningAsync()
    {
        var line = await LineAsync(line => line.Contains("Now listening on", StringComparison.Ordinal));
        Client.BaseAddress = new Uri(JsonDocument.Parse(line).RootElement.GetProperty("address").GetString()!);
    }

    /// <summary>Starts a server without waiting for anything.</summary>
    public static ServerProcess Launch(bool readsLog, params (string Name, string Value)[] environment) =>
        Launch(["dotnet", Program], readsLog, environment);

    /// <summary>Starts a server by a command of the test's own, for example under a lowered limit.</summary>
    public static ServerProcess Launch(string[] command, bool readsLog, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Admission__Notice"] = "00:00:00";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(Process.Start(start)!, readsLog);
    }

    /// <summary>The next line of the log that fits; those before it are gone.</summary>
    public async Task<string> LineAsync(Func<string, bool> fits)
    {
        var last = "";
        return await Eventually.EndsAsync(ReadAsync(), "a line of the server's log");

        async Task<string> ReadAsync()
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                if (fits(line))
                {
                    return line;
                }

                last = line;
            }

            throw new InvalidOperationException($"The server ended before the line. Its last line: {last} Its errors: {await _errors}");
        }
    }

    public async Task<JsonElement> JsonAsync(string path) =>
        await Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public void Terminate() => Signal("TERM");

    public void Signal(string name) => Process.Start("kill", [$"-{name}", Id.ToString(null as IFormatProvider)])!.WaitForExit();

    /// <summary>Signals its whole process group, as a terminal does. Only where it was started as the leader of one: else the tests are in the group.</summary>
    public void SignalGroup(string name) => Process.Start("kill", [$"-{name}", "--", string.Create(CultureInfo.InvariantCulture, $"-{Id}")])!.WaitForExit();

    /// <summary>The process that it has started, where it is a shell.</summary>
    public int Child() => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, out _))
        .Single(name => Parent(name!) == Id) is { } child ? int.Parse(child, CultureInfo.InvariantCulture) : 0;

    public void Kill() => _process.Kill();

    public async Task<(int Code, string Errors)> ExitAsync()
    {
        await Eventually.EndsAsync(_process.WaitForExitAsync(TestContext.Current.CancellationToken), $"the end of server {Id}");
        return (_process.ExitCode, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Terminate();
            try
            {
                await ExitAsync();
            }
            finally
            {
                // Whatever the test came to, nothing that it started outlives it.
                if (!_process.HasExited)
                {
                    Kill();
                }
            }
        }

        _process.Dispose();
        Client.Dispose();
    }

    // proc(5): the name stands in brackets and may itself contain spaces and brackets.
    private static int Parent(string process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return 0;
        }
    }

    /// <summary>Begins to read the log.</summary>
    public void ReadLog() => _ = ReadLinesAsync();

    private async Task ReadLinesAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
