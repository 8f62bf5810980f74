using System.Diagnostics;
using WebConcurrency;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRequestConcurrency();
builder.Services.AddHttpClient();

var app = builder.Build();
app.UseRequestConcurrency();
app.MapRequestConcurrency();

// What follows knows nothing of the library. Each tells what it did by its own clock.
var monitor = new object();

app.MapGet("/compute", (int ms) =>
{
    var (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
    var rounds = 0L;
    while (Stopwatch.GetElapsedTime(began).TotalMilliseconds < ms)
    {
        rounds++;
    }

    return new Did(Stopwatch.GetElapsedTime(began).TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
});

app.MapGet("/slow", async (int ms) =>
{
    var began = Stopwatch.GetTimestamp();
    await Task.Delay(ms);
    return new Did(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
});

app.MapGet("/call", async (int ms, HttpContext context, HttpClient client) =>
{
    var did = await client.GetFromJsonAsync<Did>($"{context.Request.Scheme}://{context.Request.Host}/slow?ms={ms}");
    return did;
});

app.MapGet("/hold", (int ms) =>
{
    lock (monitor)
    {
        var began = Stopwatch.GetTimestamp();
        // On purpose: a lock that is kept while its thread does nothing is what the other request waits for.
        Thread.Sleep(ms);
        return new Did(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }
});

app.MapGet("/fail", void () => throw new InvalidOperationException("This application's own."));

app.Run();

internal sealed record Did(double Ms, double? ProcessCpuMs = null);
