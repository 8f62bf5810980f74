using Spectre.Console;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab;

/// <summary>Runs a verb's work under a progress bar and turns what ends it early into an exit code, so that what was found until then can be told.</summary>
internal static class Attempt
{
    /// <param name="progress">Where the progress is shown.</param>
    /// <param name="name">What is done before the first step.</param>
    /// <param name="steps">How many steps it will tell of.</param>
    /// <param name="work">The work, which is given what to tell its steps to, and returns the exit code.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    public static async Task<AttemptEnd> RunAsync(
        IAnsiConsole progress, string name, int steps, Func<Action<string>, Task<int>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await progress.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
            {
                var task = context.AddTask(name, maxValue: steps + 1);
                return new AttemptEnd(
                    await work(what =>
                    {
                        task.Description = Markup.Escape(what);
                        task.Increment(1);
                    }),
                    null);
            });
        }
        catch (Exception exception) when (exception is ServerException or OperationCanceledException)
        {
            // Ctrl-C reaches the Lab's own server as well, whose end is then no failure.
            return cancellationToken.IsCancellationRequested
                ? new AttemptEnd(ExitCodes.Interrupted, "Stopped before the end.")
                : new AttemptEnd(ExitCodes.ServerFailed, exception.Message);
        }
    }
}
