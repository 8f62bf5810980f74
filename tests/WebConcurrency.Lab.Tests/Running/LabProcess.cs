using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace WebConcurrency.Lab.Tests.Running;

/// <summary>The Lab as its users run it: a process of its own.</summary>
internal sealed class LabProcess : IDisposable
{
    /// <summary>No measure of speed; it only ends what would have no end.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private LabProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public static string Program { get; } = Path.GetFullPath(
        typeof(LabProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "LabProgram").Value!);

    public int Id => _process.Id;

    public static LabProcess Start(params string[] arguments) => new(Process.Start(
        new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!);

    /// <summary>Runs it to its end.</summary>
    public static async Task<LabResult> RunAsync(params string[] arguments)
    {
        using var lab = Start(arguments);
        return await lab.ExitAsync();
    }

    public async Task<LabResult> ExitAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return new LabResult(_process.ExitCode, await _output, await _errors);
    }

    /// <summary>As Ctrl-C does.</summary>
    public void Interrupt() => Signal("-INT");

    /// <param name="signal">As kill(1) wants it.</param>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
