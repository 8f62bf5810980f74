using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace WebConcurrency.Outputs;

/// <summary>Reads whole numbers out of a request, and says what is wrong with one.</summary>
internal static class QueryNumber
{
    public static bool TryRead(HttpContext context, string name, long least, long most, long absent, out long value, out IResult? problem)
    {
        var given = context.Request.Query[name];
        problem = null;
        value = absent;
        if (given.Count == 0
            || (given.Count == 1 && TryParse(given[0], out value) && value >= least && value <= most))
        {
            return true;
        }

        problem = Problem(StatusCodes.Status400BadRequest, $"{name} must be given once, as a whole number from {least} to {most}.");
        return false;
    }

    // The parser by itself lets trailing NULs pass.
    public static bool TryParse(string? text, out long value)
    {
        value = 0;
        return text is not null && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    public static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
