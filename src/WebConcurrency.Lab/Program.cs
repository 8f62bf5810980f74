using System.CommandLine;
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
return await root.Parse(args).InvokeAsync(running);
