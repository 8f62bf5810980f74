using System.CommandLine;
using System.Runtime.InteropServices;
using WebConcurrency.Lab;
using WebConcurrency.Lab.Advising;
using WebConcurrency.Lab.Calibration;
using WebConcurrency.Lab.Comparing;
using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Proving;
using WebConcurrency.Lab.Watching;

var progress = LabConsole.Create(Console.Error);
var root = new RootCommand("Measures a WebConcurrency server, over HTTP: one that it starts itself, or one that runs anywhere.")
{
    CalibrateCommand.Create(progress),
    LoadCommand.Create(progress),
    ProveCommand.Create(progress),
    CompareCommand.Create(progress),
    AdviseCommand.Create(progress),
    WatchCommand.Create(),
};

// After Ctrl-C a server that was started here has to end too.
var running = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(40) };
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0 && args.Contains("--json"))
{
    // Whoever reads JSON gets JSON, and no help.
    return await AttemptEnd.BadCommandLine(parsed.Errors.Select(error => error.Message)).TellAsync(asJson: true);
}

// A terminal that is closed ends the work as Ctrl-C does, and the server with it.
using var hangUp = new CancellationTokenSource();
using var listening = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
{
    signal.Cancel = true;
    hangUp.Cancel();
});
return await parsed.InvokeAsync(running, hangUp.Token);
