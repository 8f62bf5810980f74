using System.Runtime.Versioning;
using WebConcurrency.Browser.Tests.Running;

// One browser and one server on a few cores: tests at once would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(TestBrowser))]
[assembly: AssemblyFixture(typeof(RunningServer))]

// The server's private cluster needs a unix shell.
[assembly: UnsupportedOSPlatform("windows")]
