// A key in a PKCS #11 token as a signer, through Pkcs11Interop. Include it with StoreCall.cs and Table.cs: see README.md.
#nullable enable

using System;
using System.Collections.Generic;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace RustPdf.KeyStores;

/// <summary>A private key in a PKCS #11 token. Exceptions of the library reach the caller unchanged.</summary>
/// <remarks>A session performs one operation at a time. Signers that share a session wait for each other.</remarks>
public sealed class Pkcs11Signer : ISigner
{
    /// <summary>CKM_EDDSA of PKCS #11 3.0, which the enumeration of the library lacks.</summary>
    private const ulong Eddsa = 0x1057;

    private readonly ISession session;
    private readonly IObjectHandle privateKey;

    /// <summary>Makes a signer of a private key.</summary>
    /// <param name="session">Session of the token, logged in. It is not disposed.</param>
    /// <param name="privateKey">The private key in that session.</param>
    /// <param name="certificate">Certificate of the key. A certification request needs none.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    public Pkcs11Signer(ISession session, IObjectHandle privateKey, Certificate certificate = default, CertificateChain? chain = null)
    {
        this.session = session ?? throw new ArgumentNullException(nameof(session));
        this.privateKey = privateKey ?? throw new ArgumentNullException(nameof(privateKey));
        (Certificate, Chain) = (certificate, chain);
    }

    /// <inheritdoc/>
    public Certificate Certificate { get; }

    /// <inheritdoc/>
    public CertificateChain? Chain { get; }

    /// <inheritdoc/>
    public bool CompleteChain => true;

    /// <summary>Reads a public RSA or EC key of the token, for <c>Pdf.CertificateRequest</c> and <c>Pdf.SelfSigned</c>.</summary>
    /// <param name="publicKey">The public key in the session.</param>
    public PublicKeyInfo PublicKey(IObjectHandle publicKey)
    {
        List<IObjectAttribute> found;
        lock (session)
        {
            found = session.GetAttributeValue(
                publicKey, [CKA.CKA_MODULUS, CKA.CKA_PUBLIC_EXPONENT, CKA.CKA_EC_PARAMS, CKA.CKA_EC_POINT]);
        }
        if (!found[0].CannotBeRead)
        {
            var parameters = new RSAParameters { Modulus = found[0].GetValueAsByteArray(), Exponent = found[1].GetValueAsByteArray() };
            using var key = RSA.Create(parameters);
            return key.ExportSubjectPublicKeyInfo();
        }
        return SubjectPublicKeyInfo(found[2].GetValueAsByteArray(), found[3].GetValueAsByteArray());
    }

    /// <inheritdoc/>
    /// <exception cref="RustPdfException"><c>ERR_ALGORITHM_MISMATCH</c>: PKCS #11 does not sign by these algorithms.</exception>
    public byte[] Sign(ReadOnlyMemory<byte> data, SigningRequest request)
    {
        var call = StoreCall.Of(Table.Pkcs11, request);
        lock (session)
        {
            using var mechanism = MechanismOf(call.Name, request);
            return session.Sign(mechanism, privateKey, call.Input);
        }
    }

    /// <inheritdoc/>
    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken cancellationToken) =>
        Task.Run(() => Sign(data, request), cancellationToken);

    private IMechanism MechanismOf(string name, SigningRequest request)
    {
        var mechanisms = session.Factories.MechanismFactory;
        if (request.SignatureAlgorithm == SignatureAlgorithm.Ed25519) return mechanisms.Create(Eddsa);
        var type = Enum.Parse<CKM>(name);
        if (request.SignatureAlgorithm != SignatureAlgorithm.RsaPss) return mechanisms.Create(type);
        var (hash, mask) = request.DigestAlgorithm switch
        {
            DigestAlgorithm.Sha384 => (CKM.CKM_SHA384, CKG.CKG_MGF1_SHA384),
            DigestAlgorithm.Sha512 => (CKM.CKM_SHA512, CKG.CKG_MGF1_SHA512),
            _ => (CKM.CKM_SHA256, CKG.CKG_MGF1_SHA256),
        };
        var parameters = session.Factories.MechanismParamsFactory.CreateCkRsaPkcsPssParams(
            (ulong)hash, (ulong)mask, (ulong)request.SaltLength!.Value);
        return mechanisms.Create(type, parameters);
    }

    /// <summary>RFC 5480, 2.</summary>
    /// <param name="curve">CKA_EC_PARAMS: DER of the name of the curve.</param>
    /// <param name="point">CKA_EC_POINT: DER of an OCTET STRING around the point.</param>
    private static byte[] SubjectPublicKeyInfo(byte[] curve, byte[] point)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.2.1");
                writer.WriteEncodedValue(curve);
            }
            writer.WriteBitString(AsnDecoder.ReadOctetString(point, AsnEncodingRules.BER, out _));
        }
        return writer.Encode();
    }
}
