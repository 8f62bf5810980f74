using System.Globalization;
using WebConcurrency.Server.Threading;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Reads a workload's arguments from the query. A name that no parameter has is ignored.</summary>
internal static class QueryParameters
{
    /// <exception cref="BadParameterException">One is not a whole number, out of bounds, or given more than once.</exception>
    public static int[] Read(IQueryCollection query, IReadOnlyList<Parameter> parameters)
    {
        var values = new int[parameters.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Read(query, parameters[i]);
        }

        return values;
    }

    /// <summary>Reads <c>priority</c>, which makes sense only where a thread is made for the request.</summary>
    /// <exception cref="BadParameterException">It is neither <c>low</c> nor <c>normal</c>, the strategy makes no thread, or the system does not lower one's.</exception>
    public static ThreadUrgency ReadUrgency(IQueryCollection query, bool makesThreads)
    {
        var given = query["priority"];
        if (given.Count == 0)
        {
            return ThreadUrgency.Normal;
        }

        if (!makesThreads)
        {
            throw new BadParameterException("priority is accepted only under the strategies that make a thread for the request, thread and gil.");
        }

        return (given.Count, given[0]) switch
        {
            (1, "low") when !LowPriority.IsPermitted => throw new BadParameterException("priority=low cannot be had: this system lets no thread lower its own."),
            (1, "low") => ThreadUrgency.Low,
            (1, "normal") => ThreadUrgency.Normal,
            _ => throw new BadParameterException("priority must be given at most once, as low or normal."),
        };
    }

    private static int Read(IQueryCollection query, Parameter parameter)
    {
        var given = query[parameter.Name];
        if (given.Count == 0)
        {
            return parameter.Default;
        }

        if (given.Count > 1)
        {
            throw new BadParameterException(parameter, $"was given {given.Count} times");
        }

        // Digits behind at most a minus: '1e3', '+5', '5.0', other scripts' digits and trailing NULs, which the parser lets pass, are refused.
        var text = given[0] ?? "";
        if (!IsDigits(text.AsSpan(text.StartsWith('-') ? 1 : 0))
            || !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw new BadParameterException(parameter, "is not a whole number that can be read");
        }

        return value >= parameter.Least && value <= parameter.Most
            ? (int)value
            : throw new BadParameterException(parameter, $"is {value.ToString(CultureInfo.InvariantCulture)}");
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}
