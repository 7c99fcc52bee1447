// Starts the key stores, each a process of its own on 127.0.0.1. They end with `stop`, or by themselves after five minutes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const python = process.env.KMS_VENV + "/bin/python";
const running = [];

/** Starts a server that prints its port when it is ready. */
export async function startPython(script, ...words) {
	const child = start([python, fileURLToPath(new URL(script, import.meta.url)), ...words], "pipe");
	const lines = createInterface(child.stdout);
	const ended = once(child, "exit").then(() => Promise.reject(new Error(`${script} ended`)));
	const [port] = await Promise.race([once(lines, "line"), ended]);
	ended.catch(() => {});
	return Number(port);
}

/** Starts OpenBao's development server (in memory, unsealed) and waits until it answers. */
export async function startOpenBao(token) {
	const port = await freePort();
	const words = ["-dev", "-dev-no-store-token", `-dev-root-token-id=${token}`, `-dev-listen-address=127.0.0.1:${port}`, "-log-level=error"];
	const child = start([process.env.KMS_BAO, "server", ...words], "ignore");
	const address = `http://127.0.0.1:${port}`;
	for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
		const answer = await fetch(`${address}/v1/sys/health`).catch(() => undefined); // not yet listening
		if (answer?.ok) return address;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error("OpenBao does not start");
}

/** Ends all that was started: each by its own process id. */
export function stop() {
	for (const child of running.splice(0)) child.kill();
}
process.on("exit", stop);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

function start(command, stdout) {
	const child = spawn("timeout", ["300", ...command], { stdio: ["ignore", stdout, process.env.KMS_VERBOSE ? "inherit" : "ignore"] });
	running.push(child);
	return child;
}

/** A port that is free, and whose next one is, too: the development server takes both. */
async function freePort() {
	for (;;) {
		const first = await listen(0);
		const port = first.address().port;
		const second = await listen(port + 1).catch(() => undefined);
		await Promise.all([first, second].map((server) => server && once(server.close(), "close")));
		if (second) return port;
	}
}

async function listen(port) {
	const server = createServer().listen(port, "127.0.0.1");
	await once(server, "listening");
	return server;
}
