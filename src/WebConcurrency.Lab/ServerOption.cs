using System.CommandLine;

namespace WebConcurrency.Lab;

/// <summary><c>--url</c>, which every verb has that can be pointed at a server of somebody else's.</summary>
internal static class ServerOption
{
    /// <param name="without">What happens without it.</param>
    public static Option<Uri?> Create(string without = "Without it one is started here, with a database of its own, and ended.") => new("--url")
    {
        Description = $"A running server, for example http://10.0.0.5:8080. {without}",
        HelpName = "address",
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;
            if (Uri.TryCreate(given, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { Query: "", Fragment: "" })
            {
                // Without the slash the last part of a path would be replaced by what is asked for.
                return uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + "/");
            }

            result.AddError($"--url is '{given}'; it must be the address of a server, for example http://localhost:8080.");
            return null;
        },
    };
}
