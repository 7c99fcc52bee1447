// The members of Pkcs11Interop 5 that keystores/Pkcs11.cs uses, as its interfaces declare them, and a session that signs with real keys as
// PKCS #11 defines the mechanisms. The library itself cannot be had where these tests run.

using System;
using System.Collections.Generic;
using System.Formats.Asn1;
using System.Linq;
using System.Numerics;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI.Factories;
using Net.Pkcs11Interop.HighLevelAPI.MechanismParams;
using RustPdf.Tests;

namespace Net.Pkcs11Interop.Common
{
    public enum CKM : uint
    {
        CKM_RSA_PKCS = 0x1,
        CKM_RSA_PKCS_PSS = 0xD,
        CKM_SHA256 = 0x250,
        CKM_SHA384 = 0x260,
        CKM_SHA512 = 0x270,
        CKM_ECDSA = 0x1041,
    }

    public enum CKG : uint
    {
        CKG_MGF1_SHA256 = 0x2,
        CKG_MGF1_SHA384 = 0x3,
        CKG_MGF1_SHA512 = 0x4,
    }

    public enum CKA : uint
    {
        CKA_MODULUS = 0x120,
        CKA_PUBLIC_EXPONENT = 0x122,
        CKA_EC_PARAMS = 0x180,
        CKA_EC_POINT = 0x181,
    }
}

namespace Net.Pkcs11Interop.HighLevelAPI
{
    public interface IMechanism : IDisposable
    {
        ulong Type { get; }
    }

    public interface IObjectHandle
    {
        ulong ObjectId { get; }
    }

    public interface IObjectAttribute : IDisposable
    {
        bool CannotBeRead { get; }

        byte[] GetValueAsByteArray();
    }

    public interface ISession
    {
        Pkcs11InteropFactories Factories { get; }

        byte[] Sign(IMechanism mechanism, IObjectHandle keyHandle, byte[] data);

        List<IObjectAttribute> GetAttributeValue(IObjectHandle objectHandle, List<CKA> attributes);
    }

    public sealed class Pkcs11InteropFactories
    {
        public IMechanismFactory MechanismFactory { get; } = new Mechanisms();

        public IMechanismParamsFactory MechanismParamsFactory { get; } = new Mechanisms();

        private sealed class Mechanisms : IMechanismFactory, IMechanismParamsFactory
        {
            public IMechanism Create(ulong type) => new Mechanism(type, null);

            public IMechanism Create(CKM type) => new Mechanism((ulong)type, null);

            public IMechanism Create(CKM type, IMechanismParams parameter) => new Mechanism((ulong)type, (PssParams)parameter);

            public ICkRsaPkcsPssParams CreateCkRsaPkcsPssParams(ulong hashAlg, ulong mgf, ulong len) => new PssParams(hashAlg, mgf, len);
        }
    }

    internal sealed record Mechanism(ulong Type, PssParams? Pss) : IMechanism
    {
        internal bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    internal sealed record PssParams(ulong Hash, ulong Mask, ulong Length) : ICkRsaPkcsPssParams;

    /// <summary>The key of the test PKI that has this place in the list.</summary>
    internal sealed record KeyHandle(string Name) : IObjectHandle
    {
        public ulong ObjectId => (ulong)Name.Length;
    }

    internal sealed record Attribute(byte[]? Value) : IObjectAttribute
    {
        public bool CannotBeRead => Value == null;

        public byte[] GetValueAsByteArray() => Value!;

        public void Dispose()
        {
        }
    }

    /// <summary>A session, which notices two operations at a time.</summary>
    internal sealed class LocalSession : ISession
    {
        private int operations;

        public Pkcs11InteropFactories Factories { get; } = new();

        /// <summary>Mechanisms of the signatures.</summary>
        internal List<Mechanism> Asked { get; } = [];

        public byte[] Sign(IMechanism mechanism, IObjectHandle keyHandle, byte[] data)
        {
            if (System.Threading.Interlocked.Increment(ref operations) != 1) throw new InvalidOperationException("CKR_OPERATION_ACTIVE");
            var (given, name) = ((Mechanism)mechanism, ((KeyHandle)keyHandle).Name);
            if (given.IsDisposed) throw new ObjectDisposedException(nameof(mechanism));
            Asked.Add(given);
            try
            {
                return (given.Type, name) switch
                {
                    ((ulong)CKM.CKM_RSA_PKCS, "rsa") => Raw(data),
                    ((ulong)CKM.CKM_RSA_PKCS_PSS, "rsa") => Pss(given.Pss!, data),
                    ((ulong)CKM.CKM_ECDSA, ['p', ..]) => OfCurve(name, data),
                    (0x1057, "ed25519") => Pki.Ed25519(data),
                    _ => throw new InvalidOperationException("CKR_KEY_TYPE_INCONSISTENT"),
                };
            }
            finally
            {
                System.Threading.Interlocked.Decrement(ref operations);
            }
        }

        public List<IObjectAttribute> GetAttributeValue(IObjectHandle objectHandle, List<CKA> attributes)
        {
            var (rsa, point, curve) = (default(RSAParameters), Array.Empty<byte>(), Array.Empty<byte>());
            var name = ((KeyHandle)objectHandle).Name;
            var isRsa = name == "rsa";
            if (isRsa) rsa = Pki.Rsa().ExportParameters(false);
            else (curve, point) = Point(Pki.Ecdsa(name).ExportParameters(false));
            return attributes.Select(one => (IObjectAttribute)new Attribute(one switch
            {
                CKA.CKA_MODULUS => rsa.Modulus,
                CKA.CKA_PUBLIC_EXPONENT => rsa.Exponent,
                CKA.CKA_EC_PARAMS => isRsa ? null : curve,
                _ => isRsa ? null : point,
            })).ToList();
        }

        /// <summary>CKM_RSA_PKCS pads and signs the bytes as they are (RFC 8017, 8.2.1 without the digest).</summary>
        private static byte[] Raw(byte[] data)
        {
            using var key = Pki.Rsa();
            var secret = key.ExportParameters(true);
            var size = secret.Modulus!.Length;
            var block = new byte[size];
            block.AsSpan(2, size - data.Length - 3).Fill(0xFF);
            block[1] = 1;
            data.CopyTo(block.AsSpan(size - data.Length));
            var power = BigInteger.ModPow(Number(block), Number(secret.D!), Number(secret.Modulus)).ToByteArray(isUnsigned: true, isBigEndian: true);
            return [.. new byte[size - power.Length], .. power];
        }

        private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

        private static byte[] Pss(PssParams given, byte[] digest)
        {
            var expected = digest.Length switch
            {
                32 => new PssParams((ulong)CKM.CKM_SHA256, (ulong)CKG.CKG_MGF1_SHA256, 32),
                48 => new PssParams((ulong)CKM.CKM_SHA384, (ulong)CKG.CKG_MGF1_SHA384, 48),
                _ => new PssParams((ulong)CKM.CKM_SHA512, (ulong)CKG.CKG_MGF1_SHA512, 64),
            };
            if (given != expected) throw new InvalidOperationException("CKR_MECHANISM_PARAM_INVALID");
            using var key = Pki.Rsa();
            return key.SignHash(digest, new HashAlgorithmName($"SHA{digest.Length * 8}"), RSASignaturePadding.Pss);
        }

        private static byte[] OfCurve(string name, byte[] digest)
        {
            using var key = Pki.Ecdsa(name);
            return key.SignHash(digest);
        }

        private static (byte[] Curve, byte[] Point) Point(ECParameters key)
        {
            var (curve, point) = (new AsnWriter(AsnEncodingRules.DER), new AsnWriter(AsnEncodingRules.DER));
            curve.WriteObjectIdentifier(key.Curve.Oid.Value!);
            point.WriteOctetString([4, .. key.Q.X!, .. key.Q.Y!]);
            return (curve.Encode(), point.Encode());
        }
    }
}

namespace Net.Pkcs11Interop.HighLevelAPI.MechanismParams
{
    public interface IMechanismParams
    {
    }

    public interface ICkRsaPkcsPssParams : IMechanismParams
    {
    }
}

namespace Net.Pkcs11Interop.HighLevelAPI.Factories
{
    public interface IMechanismFactory
    {
        IMechanism Create(ulong type);

        IMechanism Create(CKM type);

        IMechanism Create(CKM type, IMechanismParams parameter);
    }

    public interface IMechanismParamsFactory
    {
        ICkRsaPkcsPssParams CreateCkRsaPkcsPssParams(ulong hashAlg, ulong mgf, ulong len);
    }
}
