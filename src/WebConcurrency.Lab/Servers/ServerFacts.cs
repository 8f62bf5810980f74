namespace WebConcurrency.Lab.Servers;

/// <summary>What is known of a server before anything is measured on it.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="RoundTripMs">The shortest that an empty request took: what a client's clock adds to whatever it measures.</param>
/// <param name="Lab">What it says of itself; <see langword="null"/> when its <c>/lab</c> is off.</param>
internal sealed record ServerFacts(Uri Address, double RoundTripMs, LabFacts? Lab);
