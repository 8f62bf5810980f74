using System.Globalization;

namespace WebConcurrency.Lab.Comparing;

/// <summary>How hard a server is asked: by so many that ask again once they are answered, or so often whatever becomes of those before.</summary>
/// <param name="Connections">Requests at once; in an open loop the most that are under way.</param>
/// <param name="Rate">Requests due each second; <see langword="null"/> in a closed loop.</param>
internal sealed record Level(int Connections, double? Rate = null)
{
    public string Name => Rate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.#}/s") : Connections.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where it stands in a plot.</summary>
    public double Position => Rate ?? Connections;
}
