// Services for the vectors of levels above B-B: what they answer is recorded once. Each takes a request and returns the response.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = join(import.meta.dirname, "certificates/recorded");
const openssl = (...args) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });

/** Runs a command over files in a folder of its own, and returns what it wrote. */
function made(request, command) {
	const folder = mkdtempSync(join(tmpdir(), "recorded-"));
	try {
		const [input, output] = [join(folder, "in"), join(folder, "out")];
		writeFileSync(input, request);
		command(input, output, folder);
		return readFileSync(output);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const TSA = `[tsa]
default_tsa = it
[it]
serial = SERIAL
signer_cert = ${here}/tsa.pem
signer_key = ${here}/tsa.key
certs = ${here}/issuing.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
`;

/** A timestamp (RFC 3161). */
function timestamp({ body }) {
	return made(body, (input, output, folder) => {
		writeFileSync(join(folder, "serial"), "0A\n");
		writeFileSync(join(folder, "tsa.cnf"), TSA.replace("SERIAL", join(folder, "serial")));
		openssl("ts", "-reply", "-config", join(folder, "tsa.cnf"), "-section", "it", "-queryfile", input, "-out", output);
	});
}

/** A status (RFC 6960), without a time at which it ends. */
function status({ body }) {
	const [ca, signer, key] = ["issuing.pem", "responder.pem", "responder.key"].map((name) => join(here, name));
	return made(body, (input, output) => {
		openssl("ocsp", "-index", join(here, "issuing.index"), "-CA", ca, "-rsigner", signer, "-rkey", key, "-reqin", input, "-respout", output);
	});
}

const file = ({ url }) => readFileSync(join(here, new URL(url).pathname));

/** All services, each as it should be. `others` replaces those of some purposes. */
export const services =
	(others = {}) =>
	(request) => {
		const answer = { timestamp, ocsp: status, crl: file, issuer: file, ...others }[request.purpose](request);
		return answer instanceof Uint8Array ? { status: 200, body: answer } : answer;
	};

/** A response without what was asked for. */
export const failing = (status, body = "") => () => ({ status, body: Buffer.from(body) });

/** The first of some responders that was not asked yet. */
export const inTurn = (...responders) => {
	let asked = 0;
	return (request) => (asked < responders.length ? responders[asked++] : responders.at(-1))(request);
};

/** A timestamp of other data. */
export const otherImprint = ({ body }) => {
	const altered = Buffer.from(body);
	// The digest follows its algorithm: an OCTET STRING of 32 bytes.
	const at = altered.indexOf(Buffer.from("0420", "hex"));
	altered[at + 2] ^= 1;
	return timestamp({ body: altered });
};

/** A timestamp with another nonce. */
export const otherNonce = ({ body }) => {
	const altered = Buffer.from(body);
	altered[altered.length - 4] ^= 1; // behind it comes certReq alone
	return timestamp({ body: altered });
};

/** A refusal in the words of RFC 3161, 2.4.2: PKIStatus rejection(2), failInfo badAlg. */
export const rejected = () => Buffer.from("3009300702010203020780", "hex");

export { timestamp };
