using System.Net;
using Microsoft.Extensions.Options;

namespace WebConcurrency;

/// <summary>The networks of <see cref="RequestConcurrencyOptions.TrustedProxies"/>.</summary>
internal sealed class ProxyNetworks : IValidateOptions<RequestConcurrencyOptions>
{
    public ValidateOptionsResult Validate(string? name, RequestConcurrencyOptions options)
    {
        var wrong = options.TrustedProxies.Where(proxy => !TryParse(proxy, out _)).Select(proxy =>
            $"{RequestConcurrencyOptions.Section}:{nameof(RequestConcurrencyOptions.TrustedProxies)} has '{proxy}', which is neither an address (10.0.0.1) nor a network (10.0.0.0/8).").ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    /// <summary>All of them, once they are validated.</summary>
    /// <exception cref="FormatException">One is neither an address nor a network.</exception>
    public static IPNetwork[] Parse(IEnumerable<string> proxies) =>
        [.. proxies.Select(proxy => TryParse(proxy, out var network) ? network : throw new FormatException($"'{proxy}' is neither an address nor a network."))];

    /// <summary>A single address is a network of its own.</summary>
    private static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
        {
            return true;
        }

        var isAddress = IPAddress.TryParse(text, out var address) && address.ToString() == text;
        network = isAddress ? new IPNetwork(address!, address!.GetAddressBytes().Length * 8) : default;
        return isAddress;
    }
}
