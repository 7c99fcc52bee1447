import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CONFIG = `
[req]
distinguished_name = name
prompt = no
[name]
[issuer]
database = index
new_certs_dir = .
default_md = sha256
policy = any
rand_serial = yes
[any]
commonName = supplied
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[encipherment]
keyUsage = critical, keyEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

const KEYS: Record<string, string[]> = {
	rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
	p256: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
	p384: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
	p521: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
	ed25519: ["-algorithm", "ED25519"],
	other: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
};

/** Makes root → issuing → a leaf for each key, the leaves of RSA with something wrong with them, and an unrelated root. */
export function makePki(folder: string): string {
	mkdirSync(folder);
	writeFileSync(join(folder, "pki.cnf"), CONFIG);
	const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });

	writeFileSync(join(folder, "index"), "");
	const issue = (name: string, key: string, by: string[], extensions: string) => {
		openssl("req", "-new", "-config", "pki.cnf", "-key", `${key}.key`, "-subj", `/CN=rustpdf test ${name}`, "-out", `${name}.csr`);
		const files = ["-in", `${name}.csr`, ...by, "-out", `${name}.pem`];
		// Some tests sign at a fixed moment, and OpenSSL verifies today: the dates are fixed and far apart.
		const validity = "-startdate 20200101000000Z -enddate 20600101000000Z".split(" ");
		openssl(..."ca -batch -notext -config pki.cnf -name issuer".split(" "), "-extensions", extensions, ...validity, ...files);
		openssl("x509", "-in", `${name}.pem`, "-outform", "DER", "-out", `${name}.der`);
	};
	for (const root of ["root", "stranger"]) {
		openssl("genpkey", ...(KEYS["p256"] as string[]), "-out", `${root}.key`);
		issue(root, root, ["-selfsign", "-keyfile", `${root}.key`], "ca");
	}
	const by = (issuer: string) => ["-cert", `${issuer}.pem`, "-keyfile", `${issuer}.key`];
	openssl("genpkey", ...(KEYS["p256"] as string[]), "-out", "issuing.key");
	issue("issuing", "issuing", by("root"), "ca");
	for (const [name, parameters] of Object.entries(KEYS)) {
		openssl("genpkey", ...parameters, "-out", `${name}.key`);
		issue(name, name, by("issuing"), "leaf");
	}
	issue("encipherment", "rsa", by("issuing"), "encipherment");
	writeFileSync(join(folder, "chain.pem"), execFileSync("cat", ["issuing.pem", "root.pem"], { cwd: folder }));
	return folder;
}
