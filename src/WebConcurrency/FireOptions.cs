using System.ComponentModel.DataAnnotations;

namespace WebConcurrency;

/// <summary>
/// Requests that the live page offers to send from the browser, to show what they do to each other. They are ordinary requests of whoever looks at the page: they
/// allow nothing that the browser could not ask for anyway.
/// </summary>
public sealed class FireOptions
{
    /// <summary>
    /// The path, from the application's root, with <c>{strategy}</c> and <c>{workload}</c> where the names belong. Default
    /// <c>/{strategy}/{workload}</c>.
    /// </summary>
    [Required]
    public string Path { get; set; } = "/{strategy}/{workload}";

    /// <summary>What can stand for <c>{strategy}</c>. Default: nothing, and the page offers no choice.</summary>
    public IList<string> Strategies { get; } = [];

    /// <summary>What can stand for <c>{workload}</c>, with its query: <c>io?ms=100</c>. Without one nothing can be fired. Default: none.</summary>
    public IList<string> Workloads { get; } = [];

    /// <summary>Requests on the way at once, at most. Default 64. A browser itself opens no more than six HTTP/1.1 connections to a server.</summary>
    [Range(1, 256)]
    public int MostAtOnce { get; set; } = 64;
}
