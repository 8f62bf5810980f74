namespace WebConcurrency.Server;

/// <summary>Options whose mistakes end the server at its start instead of surprising it later.</summary>
internal static class ValidatedOptions
{
    public static void AddValidated<TOptions>(this IServiceCollection services, string section)
        where TOptions : class =>
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
}
