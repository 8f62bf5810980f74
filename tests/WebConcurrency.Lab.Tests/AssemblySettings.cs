using System.Runtime.Versioning;

// What is calibrated needs the cores for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

// The server's private cluster needs a unix shell.
[assembly: UnsupportedOSPlatform("windows")]
