using System.CommandLine;

namespace WebConcurrency.Lab;

/// <summary><c>--work</c>: what is asked for, without a strategy.</summary>
internal static class WorkOption
{
    /// <param name="normally">What holds without it.</param>
    public static Option<string> Create(string normally) => new("--work")
    {
        Description = "The work with its parameters, for example io?ms=100, cpu?ms=20 or db.",
        HelpName = "path",
        DefaultValueFactory = _ => normally,
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;
            if (given.Length > 0 && given[0] != '/' && !given.Split('?')[0].Contains('/', StringComparison.Ordinal) && Uri.IsWellFormedUriString(given, UriKind.Relative))
            {
                return given;
            }

            result.AddError($"--work is '{given}'; it must be a workload of the server with its parameters and without a strategy, for example mixed?io=80&cpu=5.");
            return null;
        },
    };
}
