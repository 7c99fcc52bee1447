// The members of AWSSDK.KeyManagementService that keystores/AwsKms.cs uses, as its reference documents them, and a client that signs with
// real keys. The library itself cannot be had where these tests run.

using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Amazon.KeyManagementService.Model;
using RustPdf.Tests;

namespace Amazon.KeyManagementService
{
    public interface IAmazonKeyManagementService
    {
        Task<SignResponse> SignAsync(SignRequest request, CancellationToken cancellationToken = default);

        Task<GetPublicKeyResponse> GetPublicKeyAsync(GetPublicKeyRequest request, CancellationToken cancellationToken = default);
    }

    public sealed class MessageType
    {
        public static readonly MessageType RAW = new();
        public static readonly MessageType DIGEST = new();
    }

    public sealed class SigningAlgorithmSpec
    {
        public SigningAlgorithmSpec(string value) => Value = value;

        public string Value { get; }

        public static implicit operator SigningAlgorithmSpec(string value) => new(value);
    }

    /// <summary>Keys of the test PKI by their aliases, <c>contracts</c> for the RSA key. They accept the algorithms that AWS KMS documents for them.</summary>
    public sealed class AmazonKeyManagementServiceClient : IAmazonKeyManagementService
    {
        private static readonly Dictionary<string, string> Ecdsa = new()
        {
            ["p256"] = "ECDSA_SHA_256", ["p384"] = "ECDSA_SHA_384", ["p521"] = "ECDSA_SHA_512",
        };

        /// <summary>Requests to sign.</summary>
        internal List<SignRequest> Asked { get; } = [];

        public async Task<SignResponse> SignAsync(SignRequest request, CancellationToken cancellationToken = default)
        {
            await Task.Delay(1, cancellationToken);
            lock (Asked) Asked.Add(request);
            var (name, message) = (NameOf(request.KeyId), request.Message.ToArray());
            var algorithm = request.SigningAlgorithm.Value;
            if (message.Length > 4096) throw new ArgumentException("ValidationException: the message is too long");
            var signature = name switch
            {
                "rsa" when algorithm.StartsWith("RSASSA_", StringComparison.Ordinal) => Rsa(algorithm, Digest(request, algorithm, message)),
                "ed25519" when algorithm == "ED25519_SHA_512" && request.MessageType == MessageType.RAW => Pki.Ed25519(message),
                _ when Ecdsa.GetValueOrDefault(name) == algorithm => OfCurve(name, Digest(request, algorithm, message)),
                _ => throw new ArgumentException($"InvalidKeyUsageException: {algorithm} with {name}"),
            };
            return new SignResponse { Signature = new MemoryStream(signature) };
        }

        public async Task<GetPublicKeyResponse> GetPublicKeyAsync(GetPublicKeyRequest request, CancellationToken cancellationToken = default)
        {
            await Task.Delay(1, cancellationToken);
            var name = NameOf(request.KeyId);
            using AsymmetricAlgorithm key = name == "rsa" ? Pki.Rsa() : Pki.Ecdsa(name);
            return new GetPublicKeyResponse { PublicKey = new MemoryStream(key.ExportSubjectPublicKeyInfo()) };
        }

        private static string NameOf(string keyId) => keyId == "alias/contracts" ? "rsa" : keyId["alias/".Length..];

        private static byte[] Digest(SignRequest request, string algorithm, byte[] message)
        {
            if (request.MessageType != MessageType.DIGEST) throw new ArgumentException("the adapter sends digests of these keys");
            var expected = int.Parse(algorithm[^3..]) / 8;
            return message.Length == expected ? message : throw new ArgumentException($"ValidationException: {message.Length} bytes");
        }

        private static byte[] Rsa(string algorithm, byte[] digest)
        {
            using var key = Pki.Rsa();
            var padding = algorithm.Contains("_PSS_", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
            return key.SignHash(digest, new HashAlgorithmName($"SHA{algorithm[^3..]}"), padding);
        }

        private static byte[] OfCurve(string name, byte[] digest)
        {
            using var key = Pki.Ecdsa(name);
            return key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
        }
    }
}

namespace Amazon.KeyManagementService.Model
{
    public sealed class SignRequest
    {
        public string KeyId { get; set; } = "";

        public MemoryStream Message { get; set; } = new();

        public MessageType MessageType { get; set; } = MessageType.RAW;

        public SigningAlgorithmSpec SigningAlgorithm { get; set; } = "";
    }

    public sealed class SignResponse
    {
        public MemoryStream Signature { get; set; } = new();
    }

    public sealed class GetPublicKeyRequest
    {
        public string KeyId { get; set; } = "";
    }

    public sealed class GetPublicKeyResponse
    {
        public MemoryStream PublicKey { get; set; } = new();
    }
}
