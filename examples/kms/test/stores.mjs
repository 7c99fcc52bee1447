// The key stores under test. Each: `name`, `title`, `kinds` (a key, and what it is to sign by), `open` (starts the server; gives `make`, which makes
// a key inside and returns its public half, `signer`, the adapter of the package for a key with its certificate, `environment` for a program,
// `keep`, where the store takes the certificate of its newest key of a name, and `told`, where the server is for other languages). `requests` are the kinds that a certificate is asked for, `uri` is what `--key` takes,
// `faults`
// are what its keys can be made to suffer, with the error (none where the library asks again), `absent` names a key that is not there, `missing` is what the store says then.
import { createPublicKey, X509Certificate } from "node:crypto";
import { CreateKeyCommand, DisableKeyCommand, GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CertificateClient } from "@azure/keyvault-certificates";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
import { KeyManagementServiceClient } from "@google-cloud/kms";
import { grpc } from "google-gax";
import { awsKmsKey } from "rustpdf/aws-kms";
import { azureKeyVaultKey } from "rustpdf/azure-key-vault";
import { googleKmsKey } from "rustpdf/google-kms";
import { vaultKey } from "rustpdf/vault";
import { startOpenBao, startPython } from "./servers.mjs";

/** All that an RSA key can be asked for. */
const rsa = ["rsa-pkcs1", "rsa-pss"].flatMap((signatureAlgorithm) =>
	["sha256", "sha384", "sha512"].map((digestAlgorithm) => ({ signatureAlgorithm, digestAlgorithm })),
);
/** What other sizes of RSA are tried with. */
const [pkcs1, pss] = [rsa[0], rsa[5]];
const pem = (key) => createPublicKey(key).export({ type: "spki", format: "pem" });

/** The name of a key in Azure, whose identifier may have a version. */
const nameOf = (keyId) => /\/keys\/([^/]+)/.exec(keyId)[1];

const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

export const stores = [
	{
		name: "aws-kms",
		faults: { throttled: undefined, disabled: /is disabled/, denied: /not authorized/, expired: /is expired/, slow: undefined, hung: /timed out|timeout/i },
		absent: (keyId) => keyId.replace(/^..../, "0000"),
		missing: /does not exist/,
		uri: (keyId) => `awskms:///${keyId}`,
		requests: ["RSA_2048", "ECC_NIST_P384"],
		title: "AWS KMS (moto, Sign replaced)",
		program: "aws.mjs",
		kinds: [
			...rsa.map((options) => ["RSA_2048", options]),
			["RSA_3072", pkcs1],
			["RSA_4096", pss],
			["ECC_NIST_P256", {}],
			["ECC_NIST_P384", {}],
			["ECC_NIST_P521", {}],
			["ECC_NIST_EDWARDS25519", {}],
		],
		async open() {
			const environment = {
				AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${await startPython("aws_moto.py")}`,
				AWS_REGION: "eu-central-1",
				AWS_ACCESS_KEY_ID: "test",
				AWS_SECRET_ACCESS_KEY: "test",
			};
			Object.assign(process.env, environment);
			const kms = new KMSClient();
			const make = async (KeySpec, fault) => {
				const Description = fault === undefined ? "" : `fault:${fault}`;
				const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec, KeyUsage: "SIGN_VERIFY", Description }));
				if (fault === "disabled") await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata.KeyId }));
				const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: KeyMetadata.KeyId }));
				const publicKey = pem({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
				return { keyId: KeyMetadata.KeyId, publicKey };
			};
			const client = new KMSClient({ requestHandler: { requestTimeout: 1000, throwOnRequestTimeout: true }, maxAttempts: 3 });
			const signer = (keyId, certified) => awsKmsKey({ keyId, client, ...certified });
			return { make, signer, environment, told: { environment } };
		},
	},
	{
		name: "google-kms",
		faults: { unavailable: undefined, disabled: /not enabled/, denied: /denied/, expired: /UNAUTHENTICATED/ },
		absent: (keyId) => keyId.replace("cryptoKeys/", "cryptoKeys/no-"),
		missing: /NOT_FOUND|not found/,
		uri: (keyId) => `gcpkms://${keyId}`,
		requests: ["RSA_SIGN_PSS_2048_SHA256", "EC_SIGN_ED25519"],
		title: "Google Cloud KMS (stand-in)",
		program: "google.mjs",
		kinds: [
			"RSA_SIGN_PKCS1_2048_SHA256",
			"RSA_SIGN_PKCS1_3072_SHA256",
			"RSA_SIGN_PKCS1_4096_SHA256",
			"RSA_SIGN_PKCS1_4096_SHA512",
			"RSA_SIGN_PSS_2048_SHA256",
			"RSA_SIGN_PSS_3072_SHA256",
			"RSA_SIGN_PSS_4096_SHA256",
			"RSA_SIGN_PSS_4096_SHA512",
			"EC_SIGN_P256_SHA256",
			"EC_SIGN_P384_SHA384",
			"EC_SIGN_ED25519",
		].map((algorithm) => [algorithm, {}]),
		async open() {
			const port = await startPython("google_stand_in.py");
			const kms = new KeyManagementServiceClient({ servicePath: "127.0.0.1", port, sslCreds: grpc.credentials.createInsecure() });
			const [ring] = await kms.createKeyRing({ parent: "projects/rustpdf/locations/global", keyRingId: "tests" });
			const make = async (algorithm, fault) => {
				const id = fault === undefined ? algorithm : fault.startsWith("corrupt-") ? fault : `fault-${fault}`;
				const cryptoKey = { purpose: "ASYMMETRIC_SIGN", versionTemplate: { algorithm } };
				const [key] = await kms.createCryptoKey({ parent: ring.name, cryptoKeyId: id, cryptoKey });
				const keyId = `${key.name}/cryptoKeyVersions/1`;
				const [answer] = await kms.getPublicKey({ name: keyId });
				return { keyId, publicKey: answer.pem };
			};
			const signer = (name, certified) => googleKmsKey({ client: kms, name, ...certified });
			return { make, signer, environment: { GOOGLE_KMS_PORT: String(port) }, told: { port } };
		},
	},
	{
		name: "azure-key-vault",
		faults: { throttled: undefined, disabled: /disabled key/, denied: /not authorized/ },
		absent: (keyId) => keyId.replace("/keys/", "/keys/no-"),
		missing: /was not found/,
		uri: (keyId) => keyId.replace("https", "azurekms").replace("/keys/", "/"),
		requests: ["RSA 2048", "EC P-256"],
		title: "Azure Key Vault (stand-in)",
		program: "azure.mjs",
		kinds: [
			...rsa.map((options) => ["RSA 2048", options]),
			["RSA-HSM 3072", pkcs1],
			["RSA-HSM 4096", pss],
			["EC P-256", {}],
			["EC P-384", {}],
			["EC P-521", {}],
			["EC-HSM P-256", {}],
		],
		async open() {
			const port = await startPython("azure_stand_in.py", process.env.KMS_TLS_CERTIFICATE, process.env.KMS_TLS_KEY);
			const environment = {
				AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
				IDENTITY_ENDPOINT: `https://localhost:${port}/identity`,
				IDENTITY_HEADER: "test",
			};
			Object.assign(process.env, environment);
			const { DefaultAzureCredential } = await import("@azure/identity");
			const credential = new DefaultAzureCredential();
			const vaultUrl = `https://rustpdf.localhost:${port}`;
			const [keys, certificates] = [new KeyClient(vaultUrl, credential), new CertificateClient(vaultUrl, credential)];
			const make = async (kind, fault) => {
				const [kty, size] = kind.split(" ");
				const options = kty.startsWith("RSA") ? { keySize: Number(size) } : { curve: size };
				const key = await keys.createKey(fault === undefined ? kind.replace(" ", "-") : `fault-${fault}`, kty, options);
				const [n, e, x, y] = [key.key.n, key.key.e, key.key.x, key.key.y].map((part) => part && base64url(part));
				const publicKey = pem({ key: n ? { kty: "RSA", n, e } : { kty: "EC", crv: key.key.crv, x, y }, format: "jwk" });
				return { keyId: key.id, publicKey };
			};
			const signer = async (keyId, certified) => {
				const key = await keys.getKey(nameOf(keyId));
				return azureKeyVaultKey({ client: new CryptographyClient(keyId, credential), key, ...certified });
			};
			const keep = (keyId, certificate) => certificates.mergeCertificate(nameOf(keyId), [new X509Certificate(certificate).raw]);
			const told = { environment, tlsCertificate: process.env.KMS_TLS_CERTIFICATE, vaultUrl };
			return { make, signer, keep, certificates, environment, told };
		},
	},
	{
		name: "vault",
		faults: {},
		absent: (keyId) => `no-${keyId}`,
		missing: /transit: 400|signing key not found/,
		uri: (keyId) => `hashivault://${keyId}?version=1`,
		requests: ["rsa-2048", "ed25519"],
		title: "OpenBao transit",
		program: "vault.mjs",
		kinds: [
			...rsa.map((options) => ["rsa-2048", options]),
			["rsa-3072", pkcs1],
			["rsa-4096", pss],
			["ecdsa-p256", {}],
			["ecdsa-p384", {}],
			["ecdsa-p521", {}],
			["ed25519", {}],
		],
		async open() {
			const token = "root-of-the-tests";
			const address = await startOpenBao(token);
			const call = async (path, body) => {
				const method = body ? "POST" : "GET";
				const headers = { "X-Vault-Token": token };
				const answer = await fetch(`${address}/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
				if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
				return answer.status === 204 ? undefined : (await answer.json()).data;
			};
			await call("sys/mounts/transit", { type: "transit" });
			const make = async (type, name = type) => {
				await call(`transit/keys/${name}`, { type });
				const { public_key } = (await call(`transit/keys/${name}`)).keys[1];
				const publicKey =
					type === "ed25519"
						? pem({ key: { kty: "OKP", crv: "Ed25519", x: base64url(Buffer.from(public_key, "base64")) }, format: "jwk" })
						: public_key;
				return { keyId: name, publicKey };
			};
			const seal = () => fetch(`${address}/v1/sys/seal`, { method: "PUT", headers: { "X-Vault-Token": token } });
			const rotate = (name) => call(`transit/keys/${name}/rotate`, {});
			const signer = (key, certified) => vaultKey({ address, token, key, ...certified });
			return { make, signer, rotate, seal, environment: { VAULT_ADDR: address, VAULT_TOKEN: token }, told: { address, token } };
		},
	},
];
