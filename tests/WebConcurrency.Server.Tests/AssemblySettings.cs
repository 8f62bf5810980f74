using System.Runtime.Versioning;
using WebConcurrency.Server.Tests.Running;

// Times are compared within a test: two tests at once would take each other's two cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(TestPostgres))]

// The private cluster needs a unix shell, and most of these tests need the private cluster.
[assembly: UnsupportedOSPlatform("windows")]
