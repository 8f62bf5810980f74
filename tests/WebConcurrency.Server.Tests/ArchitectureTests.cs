using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using WebConcurrency.Recording;
using WebConcurrency.Server.Strategies;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace WebConcurrency.Server.Tests;

/// <summary>Who may know whom.</summary>
public sealed class ArchitectureTests
{
    private static readonly Architecture Code = new ArchLoader().LoadAssemblies(typeof(RequestRecorder).Assembly, typeof(IStrategy).Assembly).Build();

    [Theory]
    [InlineData("WebConcurrency.Recording", "WebConcurrency.Ledger")]
    [InlineData("WebConcurrency.Recording", "WebConcurrency.Outputs.*")]
    [InlineData("WebConcurrency.Ledger", "WebConcurrency.Outputs.*")]
    [InlineData("WebConcurrency.Server.Queueing", "WebConcurrency.Server.(Admission|Threading|Strategies|Workloads|Waiting|Database|Endpoints|Logging)")]
    [InlineData("WebConcurrency.Server.Admission", "WebConcurrency.Server.(Strategies|Workloads|Waiting|Database|Endpoints|Logging)")]
    [InlineData("WebConcurrency.Server.Threading", "WebConcurrency.Server.(Admission|Strategies|Workloads|Waiting|Database|Endpoints|Logging)")]
    [InlineData("WebConcurrency.Server.Strategies", "WebConcurrency.Server.(Workloads|Waiting|Database|Endpoints|Logging)")]
    [InlineData("WebConcurrency.Server.Database", "WebConcurrency.Server.(Admission|Strategies|Workloads|Waiting|Endpoints|Logging)")]
    [InlineData("WebConcurrency.Server.Waiting", "WebConcurrency.Server.(Admission|Strategies|Workloads|Endpoints|Logging)")]
    [InlineData("WebConcurrency.Server.Workloads", "WebConcurrency.Server.(Admission|Strategies|Database|Endpoints|Logging)")]
    [InlineData("WebConcurrency.Server.Logging", "WebConcurrency.Server.(Admission|Strategies|Workloads|Waiting|Database|Endpoints)")]
    public void Room_does_not_know_another(string room, string other) =>
        Types().That().ResideInNamespaceMatching($"^{room}$").Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching($"^{other}$"))
            .WithoutRequiringPositiveResults().Check(Code);

    [Fact]
    public void Strategies_workloads_and_waiting_know_no_http() =>
        Types().That().ResideInNamespaceMatching(@"^WebConcurrency\.Server\.(Strategies|Threading|Workloads|Waiting|Queueing|Admission|Database)$").Should()
            .NotDependOnAny(Types(includeReferenced: true).That().ResideInNamespaceMatching(@"^Microsoft\.AspNetCore\.Http"))
            .Check(Code);

    [Fact]
    public void Recording_knows_the_base_class_library_alone() =>
        Types().That().ResideInNamespaceMatching(@"^WebConcurrency\.Recording$").Should()
            .NotDependOnAny(Types(includeReferenced: true).That().ResideInNamespaceMatching(@"^Microsoft\.(AspNetCore|Extensions)"))
            .Check(Code);

    [Fact]
    public void Library_references_nothing_but_the_framework()
    {
        var foreign = typeof(RequestRecorder).Assembly.GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal) && !name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                && !name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));
        Assert.Empty(foreign);
    }
}
