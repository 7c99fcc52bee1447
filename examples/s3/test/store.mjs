// Starts the store, a process of its own on 127.0.0.1. It ends with `stop`, with the test, or by itself after five minutes.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
let store;

/** Starts S3Proxy, and promises its address. */
export async function start() {
	const words = ["-jar", here("../../../tests/.build/s3/s3proxy.jar"), "--properties", here("s3proxy.conf")];
	store = spawn("timeout", ["300", "java", ...words], { stdio: ["ignore", "pipe", process.env.S3_VERBOSE ? "inherit" : "ignore"] });
	let address;
	for await (const line of createInterface(store.stdout)) {
		if (process.env.S3_VERBOSE) console.error(line);
		address = /Started .*ServerConnector.*\{(127\.0\.0\.1:\d+)\}/.exec(line)?.[1];
		if (address) break;
	}
	if (!address) throw new Error("S3Proxy does not start");
	store.stdout.resume(); // or it waits, when the pipe is full, for its words to be read
	return `http://${address}`;
}

/** Ends it, by its own process id. */
export function stop() {
	store?.kill();
}
process.on("exit", stop);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
