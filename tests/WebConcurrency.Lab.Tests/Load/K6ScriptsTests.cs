using System.ComponentModel;
using System.Diagnostics;

namespace WebConcurrency.Lab.Tests.Load;

/// <summary>The scripts in tests/load/k6 against k6's own types, with the compiler and the types from npm by their lock file.</summary>
public sealed class K6ScriptsTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "k6");

    [Fact]
    public async Task Scripts_use_k6_as_its_types_say()
    {
        await FetchAsync();
        var (code, said) = await RunAsync("node", "node_modules/typescript/bin/tsc", "--project", "tsconfig.json");
        output.WriteLine(said);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Script_that_uses_what_k6_does_not_have_is_found()
    {
        await FetchAsync();
        var wrong = Path.Combine(Folder, "wrong.js");
        await File.WriteAllTextAsync(wrong, "import http from 'k6/http';\nhttp.fetch('http://localhost');\n", TestContext.Current.CancellationToken);
        try
        {
            var (code, said) = await RunAsync("node", "node_modules/typescript/bin/tsc", "--project", "tsconfig.json");
            Assert.NotEqual(0, code);
            Assert.Contains("wrong.js(2,6)", said, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(wrong);
        }
    }

    private static async Task FetchAsync()
    {
        try
        {
            await RunAsync("node", "--version");
            if (Directory.Exists(Path.Combine(Folder, "node_modules", "@types", "k6")))
            {
                return;
            }

            var (code, said) = await RunAsync("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent");
            Assert.SkipWhen(code != 0, $"npm ci in {Folder} ended with {code}: {said}");
        }
        catch (Win32Exception)
        {
            Assert.Skip("node and npm are not on the PATH; k6's types come from npm.");
        }
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(token), process.StandardError.ReadToEndAsync(token));
        await process.WaitForExitAsync(token);
        return (process.ExitCode, await output + await errors);
    }
}
