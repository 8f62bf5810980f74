// Tests that read the clock, the process's memory and the runtime's events would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
