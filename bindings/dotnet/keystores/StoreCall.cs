// Shared by the adapters of this folder.
#nullable enable

namespace RustPdf.KeyStores;

/// <summary>The call to a key store that answers a request, by the table.</summary>
/// <param name="Kind">Part of the request that the store signs.</param>
/// <param name="Name">The store's name for algorithm and digest.</param>
/// <param name="Input">Bytes that the store signs.</param>
internal readonly record struct StoreCall(StoreInput Kind, string Name, byte[] Input)
{
    /// <summary>Finds the call for a request.</summary>
    /// <exception cref="RustPdfException"><c>ERR_ALGORITHM_MISMATCH</c>: the store does not sign by these algorithms.</exception>
    internal static StoreCall Of(Store store, SigningRequest request)
    {
        if (!store.Ways.TryGetValue(request.SignatureAlgorithm, out var way) || !way.Names.TryGetValue(request.DigestAlgorithm, out var name))
        {
            throw Mismatch(
                $"{store.Title} does not sign by {request.SignatureAlgorithm} with {request.DigestAlgorithm}; use a key or options that it has");
        }
        var input = way.Input switch
        {
            StoreInput.Data => request.Data,
            StoreInput.DigestInfo => request.DigestInfo!.Value,
            _ => request.Digest,
        };
        if (input.Length > way.Most)
        {
            throw Mismatch(
                $"{store.Title} signs at most {way.Most} bytes by {request.SignatureAlgorithm}, and there are {input.Length}; use another key");
        }
        return new StoreCall(way.Input, name, input.ToArray());
    }

    private static RustPdfException Mismatch(string message) => new(ErrorCode.AlgorithmMismatch, message);
}
