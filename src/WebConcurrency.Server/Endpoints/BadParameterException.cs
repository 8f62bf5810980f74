using System.Globalization;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>A parameter cannot be used. The message names it and its bounds and repeats nothing but a number of what was sent.</summary>
internal sealed class BadParameterException(string message) : Exception(message)
{
    public BadParameterException(Parameter parameter, string fault)
        : this(string.Create(
            CultureInfo.InvariantCulture,
            $"{parameter.Name} {fault}; it must be given at most once, as a whole number from {parameter.Least} to {parameter.Most}."))
    {
    }
}
