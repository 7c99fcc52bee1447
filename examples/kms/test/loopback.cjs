// Loaded before the programs under test (node --require), which know nothing of it: it turns what they would look for in a cloud to
// the servers on loopback. AWS and Vault need no such thing: their addresses are environment variables.
const dns = require("node:dns");

// Azure: the client wants its vault below the domain that the service names, so the stand-in is rustpdf.localhost, below localhost.
const lookup = dns.lookup;
dns.lookup = (name, options, done) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, options, done);

// Google: the address is an argument of the client only.
if (process.env.GOOGLE_KMS_PORT) {
	const library = require("@google-cloud/kms");
	const { grpc } = require("google-gax");
	const address = { servicePath: "127.0.0.1", port: Number(process.env.GOOGLE_KMS_PORT), sslCreds: grpc.credentials.createInsecure() };
	const { KeyManagementServiceClient } = library;
	library.KeyManagementServiceClient = class extends KeyManagementServiceClient {
		constructor(options) {
			super({ ...address, ...options });
		}
	};
}
