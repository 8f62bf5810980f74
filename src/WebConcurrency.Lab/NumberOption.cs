using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace WebConcurrency.Lab;

/// <summary>A number with bounds.</summary>
internal static class NumberOption
{
    public static Option<T> Create<T>(string name, T normally, T least, T most, string description)
        where T : struct, INumber<T> => new(name)
        {
            Description = $"{description} {least} to {most}.",
            HelpName = "number",
            DefaultValueFactory = _ => normally,
            CustomParser = result =>
            {
                var given = result.Tokens[0].Value;
                if (T.TryParse(given, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                    && value >= least && value <= most)
                {
                    return value;
                }

                result.AddError($"{name} is '{given}'; it must be {(typeof(T) == typeof(int) ? "a whole number" : "a number")} from {least} to {most}.");
                return default;
            },
        };
}
