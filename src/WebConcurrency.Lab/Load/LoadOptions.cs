using System.CommandLine;
using System.Globalization;

namespace WebConcurrency.Lab.Load;

/// <summary>Options of the verbs that make load.</summary>
internal static class LoadOptions
{
    /// <summary>More are no closed loop that one thread can serve, and more than a server admits.</summary>
    public const int MostConnections = 1_000;

    public const double MostPerSecond = 100_000;

    /// <summary>Requests that may be under way at once in an open loop whose connections nobody chose; more than a server admits under most strategies.</summary>
    public const int OpenConnections = 256;

    /// <summary><c>--rate</c>: an open loop.</summary>
    public static Option<double?> Rate() => new("--rate")
    {
        Description = "Requests that are due each second, whatever becomes of those before (an open loop); each is measured from when it was due.",
        HelpName = "number",
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;
            if (double.TryParse(given, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is >= 0.1 and <= MostPerSecond)
            {
                return rate;
            }

            result.AddError($"--rate is '{given}'; it must be a number from 0.1 to {MostPerSecond}.");
            return null;
        },
    };
}
