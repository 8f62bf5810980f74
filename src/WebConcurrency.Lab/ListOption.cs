using System.CommandLine;

namespace WebConcurrency.Lab;

/// <summary>Several values behind one another, parted by commas.</summary>
internal static class ListOption
{
    private const int Most = 20;

    /// <param name="name">The option.</param>
    /// <param name="normally">What holds without it.</param>
    /// <param name="description">What it is.</param>
    /// <param name="parse">Makes a value of a part of it, or nothing.</param>
    /// <param name="must">What such a part must be, in words.</param>
    public static Option<IReadOnlyList<T>> Create<T>(string name, IReadOnlyList<T> normally, string description, Func<string, T?> parse, string must)
        where T : class => new(name)
        {
            Description = description,
            HelpName = "list",
            DefaultValueFactory = _ => normally,
            CustomParser = result =>
            {
                var given = result.Tokens[0].Value;
                var values = given.Split(',', StringSplitOptions.TrimEntries).Select(parse).ToList();
                if (values.Count <= Most && values.TrueForAll(value => value is not null))
                {
                    return [.. values.Distinct().Select(value => value!)];
                }

                result.AddError($"{name} is '{given}'; it must be up to {Most} of these, parted by commas: {must}.");
                return null;
            },
        };
}
