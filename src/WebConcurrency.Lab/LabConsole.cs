using Spectre.Console;

namespace WebConcurrency.Lab;

/// <summary>A console on one of the process's outputs.</summary>
internal static class LabConsole
{
    /// <summary>A pipe has no width: nothing is folded there.</summary>
    private const int WidthOfAPipe = 10_000;

    public static IAnsiConsole Create(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthOfAPipe;
        }

        return console;
    }
}
