using Microsoft.Extensions.Options;
using WebConcurrency.Server.Strategies;

namespace WebConcurrency.Server.Endpoints;

/// <summary>What the live page may fire: every strategy that serves, with workloads that wait, that compute, and that do both.</summary>
internal sealed class FirePanel(IEnumerable<IStrategy> strategies, IOptions<StrategyOptions> options) : IConfigureOptions<RequestConcurrencyOptions>
{
    public void Configure(RequestConcurrencyOptions recorder)
    {
        foreach (var strategy in strategies.Where(strategy => !options.Value.Off.Contains(strategy.Name)))
        {
            recorder.Fire.Strategies.Add(strategy.Name);
        }

        foreach (var workload in (string[])["io?ms=300", "cpu?ms=100", "mixed?io=200&cpu=60", "db"])
        {
            recorder.Fire.Workloads.Add(workload);
        }
    }
}
