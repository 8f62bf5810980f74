using System.CommandLine;
using System.Text.Json;
using WebConcurrency.Lab.Servers;
using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Servers;

/// <summary>What answers and is no server of ours must be a <see cref="ServerException"/> that says so, whatever it answers.</summary>
public sealed class ServerClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_that_accepts_and_never_answers_is_told_and_not_taken_for_an_interruption()
    {
        await using var server = new ScriptedServer(async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null;
        });
        using var client = new ServerClient(server.Address, TimeSpan.FromMilliseconds(100));
        var failure = await Assert.ThrowsAsync<ServerException>(async () =>
        {
            await foreach (var told in client.EventsAsync(1, Token))
            {
                Assert.Fail(told.ToString());
            }
        });
        Assert.Contains("did not answer /concurrency/events?last=1 within 0.1 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Character_set_that_nobody_knows_is_told()
    {
        await using var server = new ScriptedServer((_, _) => Task.FromResult<string?>("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=nonsense\r\nContent-Length: 2\r\n\r\n{}"));
        using var client = new ServerClient(server.Address);
        var failure = await Assert.ThrowsAsync<ServerException>(() => client.FactsAsync(Token));
        Assert.Contains("is no WebConcurrency server", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "finished": "many" }""")]
    [InlineData("""{ "finished": 1.5 }""")]
    [InlineData("{}")]
    public async Task Summary_without_a_number_of_requests_is_told(string summary)
    {
        await using var server = new ScriptedServer((_, _) => Task.FromResult<string?>(ScriptedServer.Ok(summary)));
        using var client = new ServerClient(server.Address);
        var failure = await Assert.ThrowsAsync<ServerException>(() => client.FinishedAsync(Token));
        Assert.Contains("no summary of requests", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{}]""", "'kind'")]
    [InlineData("""[{ "kind": "work", "start_ms": 1 }]""", "'end_ms'")]
    [InlineData("""[{ "kind": "work", "start_ms": "1", "end_ms": 2 }]""", "'start_ms'")]
    [InlineData("""[{ "kind": 7, "start_ms": 1, "end_ms": 2 }]""", "'kind'")]
    [InlineData("""[7]""", "'kind'")]
    public void Phase_without_its_fields_is_told(string phases, string named)
    {
        var record = new ServerRecord(JsonDocument.Parse($$"""{ "phases": {{phases}} }""").RootElement);
        Assert.Contains(named, Assert.Throws<ServerException>(() => record.Phases).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://host/app", "http://host/app/plain")]
    [InlineData("http://host/app/", "http://host/app/plain")]
    [InlineData("http://host:81", "http://host:81/plain")]
    public void Path_in_front_of_the_server_s_own_stays(string given, string asked)
    {
        var url = ServerOption.Create();
        var command = new RootCommand { url };
        Assert.Equal(asked, new Uri(command.Parse(["--url", given]).GetValue(url)!, "plain").AbsoluteUri);
    }
}
