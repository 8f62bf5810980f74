using System.Reflection;

namespace WebConcurrency.Lab.Servers;

/// <summary>Where the repository that the Lab was built in has the server's program.</summary>
internal static class ServerProgram
{
    private const string FileName = "WebConcurrency.Server.dll";

    /// <summary>How it was built; the Lab's own configuration.</summary>
    public static string Configuration { get; } =
        typeof(ServerProgram).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "unknown";

    /// <exception cref="ServerException">It is not there.</exception>
    public static string Find() => Find(AppContext.BaseDirectory);

    internal static string Find(string from)
    {
        var output = typeof(ServerProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ServerOutput").Value!;
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            var program = Path.Combine(folder.FullName, output, FileName);
            if (File.Exists(program))
            {
                return program;
            }
        }

        throw new ServerException(
            $"The server's program is not there: no {Path.Combine(output, FileName)} in or above {from}. Build the solution, or name a running server with --url.");
    }
}
