using System.Globalization;
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

        // Digits with at most a minus, in no culture: '1e3', '٣', ' 5' and '5.0' are refused.
        if (!long.TryParse(given[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw new BadParameterException(parameter, "is not a whole number that can be read");
        }

        return value >= parameter.Least && value <= parameter.Most
            ? (int)value
            : throw new BadParameterException(parameter, $"is {value.ToString(CultureInfo.InvariantCulture)}");
    }
}
